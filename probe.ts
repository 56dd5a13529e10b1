/**
 * Probes: what a multi-target exporter does for each target that Prometheus asks for.
 *
 * @module
 */

import type { LabelsInit } from "./labels.ts";
import { describe } from "./model/describe.ts";
import type { Logger } from "./model/logger.ts";
import { checkNames, checkOption } from "./model/options.ts";
import { isRoutePath } from "./model/route_prefix.ts";
import type { Registry } from "./registry.ts";

/** How to choose among the addresses of a host. */
export interface AddressPreference {
  /**
   * The version of the Internet Protocol to prefer.
   *
   * @default that of the first address
   */
  readonly protocol?: "ip4" | "ip6";
  /**
   * Whether to take an address of the other version if there is none of the preferred one.
   *
   * @default {true}
   */
  readonly fallback?: boolean;
}

/** A host whose address may be connected to. */
export interface ResolvedTarget {
  /** The host: a name in lower case, or an IP address without brackets. */
  readonly host: string;
  /** The port that the target names or its scheme implies; undefined if there is none. */
  readonly port: number | undefined;
  /** The IP address to connect to. */
  readonly address: string;
  /** The version of the Internet Protocol. */
  readonly protocol: "ip4" | "ip6";
  /** Seconds that the resolution took. */
  readonly seconds: number;
}

/** What a probe gets. */
export interface ProbeContext {
  /** The target, as in the query string. It is allowed by {@linkcode ProbeOptions.targets}. */
  readonly target: string;
  /** The module that the request names; empty if it names none. */
  readonly module: string;
  /** All parameters of the query string. */
  readonly params: URLSearchParams;
  /** The registry of this request. What is registered here is exposed in the response, besides `probe_success` and others. */
  readonly registry: Registry;
  /** Aborts at the deadline, and when the client disconnects. */
  readonly signal: AbortSignal;
  /** The time by which the probe has to end. */
  readonly deadline: Date;
  /** Logs for the response to `debug=1`, and at level debug for the log of the exporter. */
  readonly logger: Logger;
  /**
   * Resolves this target or another one, such as that of a redirect, to an address that is allowed. Connect to this address: a name
   * may resolve to another one a moment later. Each name is resolved once in a probe.
   *
   * @throws {RangeError} If the text is not a target.
   * @throws {Error} If the target or one of its addresses is not allowed, or the name has no address.
   */
  resolve(target: string, preference?: AddressPreference): Promise<ResolvedTarget>;
}

/**
 * Probes a target. It registers instruments with its results in {@linkcode ProbeContext.registry}, and throws if the target has
 * failed.
 */
export type Probe = (context: ProbeContext) => void | Promise<void>;

/** Targets for Prometheus to discover at `/sd`. */
export interface ProbeTargets {
  /** The targets. */
  readonly targets: readonly string[];
  /**
   * The module to probe them with.
   *
   * @default none
   */
  readonly module?: string;
  /**
   * Labels for all series of these targets.
   *
   * @default {{}}
   */
  readonly labels?: LabelsInit;
}

/** Options of {@linkcode Exporter.probe}. */
export interface ProbeOptions {
  /**
   * The targets that are allowed: hosts (`example.com`, `*.example.com`, `*`) and ranges of IP addresses (`192.0.2.0/24`), each with
   * an optional port, or a function that decides.
   *
   * @default those of `discover` if it is a list, otherwise all
   */
  readonly targets?: readonly string[] | ((target: string) => boolean);
  /**
   * Whether targets may have private, loopback, link-local and other special addresses, or a list of ranges in which they may. A
   * range in `targets` allows its addresses in any case. Those of the metadata services of clouds are allowed by a range only.
   *
   * @default {false}
   */
  readonly allowPrivate?: boolean | readonly string[];
  /**
   * Whether targets are hosts or URLs, whose addresses are checked. If false, they can be any text, `targets` are patterns of texts
   * with `*` for any characters, and the probe has to take care of what it connects to.
   *
   * @default {true}
   */
  readonly resolve?: boolean;
  /**
   * The maximum number of seconds for a probe. It has no more than half a second less than the timeout of the scraper in any case.
   *
   * @default {120}
   */
  readonly timeout?: number;
  /**
   * The maximum number of probes that run at the same time. Further requests are answered with status 503.
   *
   * @default {100}
   */
  readonly maxConcurrent?: number;
  /**
   * Targets for Prometheus to discover at `/sd`, or a function that returns them.
   *
   * @default {[]}
   */
  readonly discover?:
    | readonly ProbeTargets[]
    | (() => readonly ProbeTargets[] | Promise<readonly ProbeTargets[]>);
}

const NAMES: readonly (keyof ProbeOptions)[] = [
  "targets",
  "allowPrivate",
  "resolve",
  "timeout",
  "maxConcurrent",
  "discover",
];

/**
 * Checks the arguments of a probe at run time, except for patterns of targets.
 *
 * @param isInUse Returns whether a path belongs to something else.
 * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
 * @throws {RangeError} If the path is invalid or in use, or an option has an invalid value.
 */
export function checkProbe(
  path: string,
  probe: Probe | Readonly<Record<string, Probe>>,
  options: ProbeOptions,
  isInUse: (path: string) => boolean,
): void {
  const action = `Cannot add probe at ${describe(path)}`;
  const expected = 'a path such as "/probe"';
  checkOption(action, ["path", path], "string", expected, (path) => {
    return path !== "/" && path !== "/sd" && isRoutePath(path);
  });
  if (isInUse(path)) throw new RangeError(`${action}: path already in use`);
  const functions = typeof probe === "object" && probe !== null ? Object.values(probe) : [probe];
  if (functions.length === 0 || functions.some((one) => typeof one !== "function")) {
    throw new TypeError(`${action}: expected a function, or functions by module`);
  }
  checkNames(action, options, NAMES);
  const { targets, allowPrivate, resolve, timeout, maxConcurrent, discover } = options;
  checkList(action, ["targets", targets], "function");
  checkList(action, ["allowPrivate", allowPrivate], "boolean");
  checkList(action, ["discover", discover], "function");
  checkOption(action, ["resolve", resolve], "boolean", "true or false");
  const isPositive = (value: number) => value > 0 && value < Infinity;
  checkOption(action, ["timeout", timeout], "number", "more than 0 seconds", isPositive);
  checkOption(
    action,
    ["maxConcurrent", maxConcurrent],
    "number",
    "an integer, 1 or more",
    (max) => {
      return Number.isInteger(max) && max >= 1;
    },
  );
}

function checkList(
  action: string,
  [name, value]: [name: string, value: unknown],
  other: string,
): void {
  if (value === undefined || Array.isArray(value) || typeof value === other) return;
  throw new TypeError(
    `${action}: expected ${name} to be a list or a ${other}, got ${describe(value)}`,
  );
}
