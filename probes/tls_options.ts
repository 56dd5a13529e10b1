/**
 * Options for encrypted connections to targets.
 *
 * @module
 */

import { checkNames, checkOption } from "../model/options.ts";

/** Options for encrypted connections, as `tls_config` of blackbox_exporter. */
export interface ProbeTlsOptions {
  /**
   * The authorities that certificates of targets are checked against, as PEM.
   *
   * @default those that Deno trusts
   */
  readonly ca?: string;
  /**
   * The certificate to present, as PEM.
   *
   * @default none
   */
  readonly cert?: string;
  /**
   * The private key of `cert`, as PEM.
   *
   * @default none
   */
  readonly key?: string;
  /**
   * The name that the certificate must have.
   *
   * @default the host of the target
   */
  readonly serverName?: string;
  /**
   * Whether to accept any certificate.
   *
   * @default {false}
   */
  readonly insecureSkipVerify?: boolean;
  /**
   * The oldest version of TLS to accept.
   *
   * @default {"TLSv1.2"}
   */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /**
   * The newest version of TLS to accept.
   *
   * @default {"TLSv1.3"}
   */
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
}

const TEXTS = ["ca", "cert", "key", "serverName"] as const;
const VERSIONS = ["minVersion", "maxVersion"] as const;

/**
 * Checks options at run time.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export function checkTlsOptions(action: string, options: ProbeTlsOptions): void {
  checkNames(action, options, [...TEXTS, ...VERSIONS, "insecureSkipVerify"]);
  for (const name of TEXTS) {
    checkOption(action, [name, options[name]], "string", "a string that is not empty", (text) => {
      return text !== "";
    });
  }
  for (const name of VERSIONS) {
    checkOption(action, [name, options[name]], "string", "TLSv1.2 or TLSv1.3", (version) => {
      return version === "TLSv1.2" || version === "TLSv1.3";
    });
  }
  checkOption(
    action,
    ["insecureSkipVerify", options.insecureSkipVerify],
    "boolean",
    "true or false",
  );
}
