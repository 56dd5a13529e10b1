/**
 * Options of the TCP prober.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import { isLabelName, isReservedLabelName } from "../model/names.ts";
import { checkNames, checkOption } from "../model/options.ts";
import { checkIpProtocol } from "./http_options.ts";
import { checkTlsOptions, type ProbeTlsOptions } from "./tls_options.ts";

/** A step of the conversation with a target. Its parts are done in the order in which they stand here. */
export interface TcpStep {
  /**
   * A regular expression of RE2. Lines are read until one of them matches.
   *
   * @default none
   */
  readonly expect?: string;
  /**
   * Labels of `probe_expect_info`, by name. Values may have groups of the match, such as `${1}`.
   *
   * @default {{}}
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * The bytes that have to come next, as text in UTF-8.
   *
   * @default none
   */
  readonly expectBytes?: string;
  /**
   * A line to send. It may have groups of the match.
   *
   * @default none
   */
  readonly send?: string;
  /**
   * Whether to encrypt the connection from here on.
   *
   * @default {false}
   */
  readonly startTls?: boolean;
}

/** Options of {@linkcode tcpProbe}, as `tcp` of a module of blackbox_exporter. */
export interface TcpProbeOptions {
  /**
   * The conversation.
   *
   * @default {[]}
   */
  readonly queryResponse?: readonly TcpStep[];
  /**
   * Whether to encrypt the connection from the start.
   *
   * @default {false}
   */
  readonly encrypted?: boolean;
  /**
   * Options for encrypted connections.
   *
   * @default {{}}
   */
  readonly tls?: ProbeTlsOptions;
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
}

const NAMES: readonly (keyof TcpProbeOptions)[] = [
  "queryResponse",
  "encrypted",
  "tls",
  "preferredIpProtocol",
  "ipProtocolFallback",
];

const STEP_NAMES: readonly (keyof TcpStep)[] = [
  "expect",
  "labels",
  "expectBytes",
  "send",
  "startTls",
];

/**
 * Checks options at run time, except for the syntax of regular expressions.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export function checkTcpOptions(options: TcpProbeOptions): void {
  const action = "Cannot create TCP probe";
  checkNames(action, options, NAMES);
  const { queryResponse = [], encrypted, ipProtocolFallback, tls } = options;
  checkIpProtocol(action, options.preferredIpProtocol);
  for (const flag of Object.entries({ encrypted, ipProtocolFallback })) {
    checkOption(action, flag, "boolean", "true or false");
  }
  if (!Array.isArray(queryResponse)) {
    throw new TypeError(
      `${action}: expected queryResponse to be a list, got ${describe(queryResponse)}`,
    );
  }
  for (const step of queryResponse) checkStep(`${action} with this step`, step);
  if (tls !== undefined) checkTlsOptions(`${action} with these options of TLS`, tls);
}

function checkStep(action: string, step: TcpStep): void {
  checkNames(action, step, STEP_NAMES);
  const { expect, expectBytes, send, labels = {}, startTls } = step;
  for (const text of Object.entries({ expect, expectBytes, send })) {
    checkOption(action, text, "string", "a string that is not empty", (text) => text !== "");
  }
  checkOption(action, ["startTls", startTls], "boolean", "true or false");
  if (expect !== undefined && expectBytes !== undefined) {
    throw new RangeError(`${action}: expected either expect or expectBytes, got both`);
  }
  for (const [name, value] of Object.entries(labels)) {
    checkOption(action, [`label ${name}`, value], "string", "a string");
    if (isLabelName(name) && !isReservedLabelName(name)) continue;
    throw new RangeError(`${action}: expected label names, got ${describe(name)}`);
  }
  if (expect === undefined && Object.keys(labels).length > 0) {
    throw new RangeError(`${action}: labels need expect`);
  }
}
