/**
 * Options of the HTTP prober.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import { checkNames, checkOption } from "../model/options.ts";
import { checkTlsOptions, type ProbeTlsOptions } from "./tls_options.ts";

/** What the values of a header of the response must, or must not, match. */
export interface HeaderMatch {
  /** The name of the header. */
  readonly header: string;
  /** A regular expression of RE2. */
  readonly regexp: string;
  /**
   * Whether a response without the header passes.
   *
   * @default {false}
   */
  readonly allowMissing?: boolean;
}

/** The codings of responses that can be decompressed. */
const COMPRESSIONS = ["identity", "gzip", "br", "deflate"] as const;

/** Options of {@linkcode httpProbe}, as `http` of a module of blackbox_exporter. */
export interface HttpProbeOptions {
  /**
   * The method.
   *
   * @default {"GET"}
   */
  readonly method?: string;
  /**
   * Headers to send.
   *
   * @default {{}}
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The body to send.
   *
   * @default none
   */
  readonly body?: string;
  /**
   * The user and the password for basic authentication.
   *
   * @default none
   */
  readonly basicAuth?: { readonly username: string; readonly password: string };
  /**
   * The token to send as `Authorization: Bearer`.
   *
   * @default none
   */
  readonly bearerToken?: string;
  /**
   * The status codes that the response may have. By default, those from 200 to 299.
   *
   * @default {[]}
   */
  readonly validStatusCodes?: readonly number[];
  /**
   * The versions that the response may have, such as `HTTP/1.1`.
   *
   * @default all
   */
  readonly validHttpVersions?: readonly string[];
  /**
   * Whether to follow redirects, at most ten.
   *
   * @default {true}
   */
  readonly followRedirects?: boolean;
  /**
   * Whether the probe fails if the last connection is encrypted.
   *
   * @default {false}
   */
  readonly failIfSsl?: boolean;
  /**
   * Whether the probe fails if the last connection is not encrypted.
   *
   * @default {false}
   */
  readonly failIfNotSsl?: boolean;
  /**
   * Regular expressions of RE2 that the body must not match.
   *
   * @default {[]}
   */
  readonly failIfBodyMatchesRegexp?: readonly string[];
  /**
   * Regular expressions of RE2 that the body must match.
   *
   * @default {[]}
   */
  readonly failIfBodyNotMatchesRegexp?: readonly string[];
  /**
   * What headers must not match.
   *
   * @default {[]}
   */
  readonly failIfHeaderMatches?: readonly HeaderMatch[];
  /**
   * What headers must match.
   *
   * @default {[]}
   */
  readonly failIfHeaderNotMatches?: readonly HeaderMatch[];
  /**
   * The coding in which the response must come. It is decompressed, and asked for unless `headers` has `Accept-Encoding`.
   *
   * @default any, and the body is not decompressed
   */
  readonly compression?: "identity" | "gzip" | "br" | "deflate";
  /**
   * The maximum number of bytes of the decompressed body. The probe fails if it is larger.
   *
   * @default {10_485_760}, and {1_048_576} if the body is matched
   */
  readonly bodySizeLimit?: number;
  /**
   * The version of the Internet Protocol to prefer.
   *
   * @default {"ip6"}
   */
  readonly preferredIpProtocol?: "ip4" | "ip6";
  /**
   * Whether to use the other version if the target has no address of the preferred one.
   *
   * @default {true}
   */
  readonly ipProtocolFallback?: boolean;
  /**
   * Options for encrypted connections.
   *
   * @default {{}}
   */
  readonly tls?: ProbeTlsOptions;
}

const FLAGS = ["followRedirects", "failIfSsl", "failIfNotSsl", "ipProtocolFallback"] as const;
const PATTERNS = ["failIfBodyMatchesRegexp", "failIfBodyNotMatchesRegexp"] as const;
const HEADER_MATCHES = ["failIfHeaderMatches", "failIfHeaderNotMatches"] as const;

const NAMES: readonly (keyof HttpProbeOptions)[] = [
  ...FLAGS,
  ...PATTERNS,
  ...HEADER_MATCHES,
  ...["method", "headers", "body", "basicAuth", "bearerToken", "validStatusCodes"] as const,
  ...["validHttpVersions", "compression", "bodySizeLimit", "preferredIpProtocol", "tls"] as const,
];

/** The names of tokens (RFC 9110, section 5.6.2). */
const TOKEN = /^[-!#$%&'*+.^_`|~\w]+$/;

/**
 * Checks options at run time, except for the syntax of regular expressions.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export function checkHttpOptions(options: HttpProbeOptions): void {
  const action = "Cannot create HTTP probe";
  checkNames(action, options, NAMES);
  const { method, headers = {}, basicAuth, compression, preferredIpProtocol, tls } = options;
  checkOption(action, ["method", method], "string", "an HTTP method", (text) => TOKEN.test(text));
  checkOption(action, ["body", options.body], "string", "a string");
  checkOption(action, ["bearerToken", options.bearerToken], "string", "a token", isHeaderValue);
  checkChoice(action, "compression", compression, COMPRESSIONS);
  checkIpProtocol(action, preferredIpProtocol);
  for (const flag of FLAGS) checkOption(action, [flag, options[flag]], "boolean", "true or false");
  checkOption(action, ["bodySizeLimit", options.bodySizeLimit], "number", "1 or more", (bytes) => {
    return bytes >= 1;
  });
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string" && TOKEN.test(name) && isHeaderValue(value)) continue;
    throw new RangeError(`${action}: expected headers with a value, got ${describe(name)}`);
  }
  if (basicAuth !== undefined) {
    checkOption(action, ["username", basicAuth.username], "string", "a name without a colon", (
      name,
    ) => !name.includes(":"));
    checkOption(action, ["password", basicAuth.password], "string", "a string");
  }
  checkItems(action, "validStatusCodes", options.validStatusCodes, "integers from 100 to 599", (
    code,
  ) => Number.isInteger(code) && code >= 100 && code <= 599);
  checkItems(action, "validHttpVersions", options.validHttpVersions, "versions", isText);
  for (const name of PATTERNS) checkItems(action, name, options[name], "texts", isText);
  for (const name of HEADER_MATCHES) {
    checkItems(action, name, options[name], "objects with header and regexp", (match) => {
      return typeof match?.header === "string" && typeof match.regexp === "string";
    });
  }
  if (tls !== undefined) checkTlsOptions(`${action} with these options of TLS`, tls);
}

/** Checks the preferred version of the Internet Protocol. */
export function checkIpProtocol(action: string, protocol: string | undefined): void {
  checkChoice(action, "preferredIpProtocol", protocol, ["ip4", "ip6"]);
}

/** Checks that an option is a list of certain items. */
export function checkItems<T>(
  action: string,
  name: string,
  items: readonly T[] | undefined,
  expected: string,
  isValid: (item: T) => boolean,
): void {
  if (items === undefined || Array.isArray(items) && items.every(isValid)) return;
  throw new TypeError(`${action}: expected ${name} to be a list of ${expected}`);
}

function checkChoice(
  action: string,
  name: string,
  value: string | undefined,
  choices: readonly string[],
): void {
  checkOption(action, [name, value], "string", `one of ${choices.join(", ")}`, (text) => {
    return choices.includes(text);
  });
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** Returns whether a text can be the value of a header (RFC 9110, section 5.5). */
function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}
