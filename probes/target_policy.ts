/**
 * Which targets a probe may have.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import {
  type IpAddress,
  type IpRange,
  isInRange,
  parseIpAddress,
  parseIpRange,
} from "./ip_address.ts";
import { specialKind } from "./special_ranges.ts";
import { parseTarget, type Target } from "./target.ts";

/** What a pattern can be, for error messages. */
export const TARGET_PATTERN =
  'a host such as "example.com", "*.example.com" or "*", or a range such as "10.0.0.0/8", with or without a port';

/** The error for a target that is not allowed. */
export class TargetRefusedError extends Error {
  /** Creates an error. The reason must not reveal what a name resolves to. */
  constructor(target: string, reason: string) {
    super(`Cannot probe ${describe(target)}: ${reason}`);
    this.name = "TargetRefusedError";
  }
}

/** Options of {@linkcode TargetPolicy}. */
export interface TargetPolicyOptions {
  /**
   * Patterns of targets that are allowed, or a function that decides.
   *
   * @default all targets
   */
  readonly targets?: readonly string[] | ((target: string) => boolean) | undefined;
  /** Targets that are allowed besides those of the patterns. If there are any, no patterns means none. */
  readonly listed?: readonly string[];
  /**
   * Whether addresses that are not public are allowed, or in which ranges.
   *
   * @default {false}
   */
  readonly allowPrivate?: boolean | readonly string[] | undefined;
}

interface Pattern {
  readonly range: IpRange | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/** Decides which targets are probed, first by their names and then by the addresses that these resolve to. */
export class TargetPolicy {
  readonly #patterns: readonly Pattern[] | undefined;
  readonly #decide: ((target: string) => boolean) | undefined;
  readonly #allowPrivate: boolean;
  readonly #privateRanges: readonly IpRange[];

  /**
   * Creates a policy.
   *
   * @throws {RangeError} If a pattern or a range is invalid.
   */
  constructor(options: TargetPolicyOptions = {}) {
    const { targets, listed = [], allowPrivate = false } = options;
    this.#decide = typeof targets === "function" ? targets : undefined;
    const patterns = typeof targets === "object" ? targets.map(parsePattern) : [];
    const exact = listed.map(parseTarget).flatMap(patternsOf);
    const isOpen = targets === undefined && listed.length === 0;
    this.#patterns = isOpen || this.#decide ? undefined : [...patterns, ...exact];
    this.#allowPrivate = allowPrivate === true;
    this.#privateRanges = typeof allowPrivate === "object" ? allowPrivate.map(parseRange) : [];
  }

  /**
   * Checks a target before its name is resolved.
   *
   * @throws {TargetRefusedError} If it is not allowed, whatever its address is.
   */
  checkTarget(target: Target): void {
    const isAllowed = this.#decide?.(target.text) ?? (
      this.#patterns?.some((pattern) => {
        return hasPort(pattern, target) && (pattern.range !== undefined || names(pattern, target));
      }) ?? true
    );
    if (isAllowed !== true) {
      throw new TargetRefusedError(target.text, "not among the allowed targets");
    }
  }

  /**
   * Checks an address of a target.
   *
   * @throws {TargetRefusedError} If it is not allowed.
   */
  checkAddress(target: Target, text: string): void {
    const address = parseIpAddress(text);
    if (address === undefined) throw new TargetRefusedError(target.text, "not an IP address");
    const patterns = this.#patterns?.filter((pattern) => hasPort(pattern, target));
    const isListed = patterns?.some(({ range }) => range && isInRange(address, range)) ?? false;
    const isNamed = patterns?.some((pattern) => names(pattern, target)) ?? true;
    if (!isListed && !isNamed) {
      throw new TargetRefusedError(target.text, "not among the allowed targets");
    }
    const kind = specialKind(address);
    if (kind === undefined || isListed || this.#isPrivateAllowed(address, kind)) return;
    throw new TargetRefusedError(target.text, `expected a public address, got a ${kind} one`);
  }

  #isPrivateAllowed(address: IpAddress, kind: string): boolean {
    return this.#allowPrivate && kind !== "metadata" ||
      this.#privateRanges.some((range) => isInRange(address, range));
  }
}

function hasPort({ port }: Pattern, target: Target): boolean {
  return port === undefined || port === target.port;
}

function names({ range, host }: Pattern, target: Target): boolean {
  if (range !== undefined) return false;
  if (host === "*") return true;
  return host.startsWith("*.") ? target.host.endsWith(host.slice(1)) : target.host === host;
}

/** Returns the patterns of exactly one target. Most servers redirect requests without encryption to the port with it. */
function patternsOf({ text, host, port }: Target): Pattern[] {
  const isUpgradable = port === 80 && /^http:/i.test(text);
  const ports = isUpgradable ? [80, 443] : [port];
  return ports.map((port) => ({ range: parseIpRange(host), host, port }));
}

function parsePattern(text: string): Pattern {
  const pattern = readPattern(text);
  if (pattern !== undefined) return pattern;
  throw new RangeError(`Cannot allow targets ${describe(text)}: expected ${TARGET_PATTERN}`);
}

function readPattern(text: string): Pattern | undefined {
  const whole = parseIpRange(text);
  if (whole !== undefined) return { range: whole, host: "", port: undefined };
  const match = /^(?:\[([^\]]+)\]|(\*|(?:\*\.)?[\w.-]+(?:\/\d+)?))(?::(\d{1,5}))?$/.exec(text);
  const [, bracketed, host = bracketed ?? "", digits] = match ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (match === null || port !== undefined && port > 65535) return undefined;
  const range = parseIpRange(host);
  if (range !== undefined || host === "*") return { range, host, port };
  if (bracketed !== undefined || host.includes("/")) return undefined;
  const name = host.replace(/^\*\./, "");
  const canonical = URL.parse(`http://${name}/`)?.hostname.replace(/\.$/, "");
  if (canonical === undefined || canonical === "") return undefined;
  if (name !== host) return { range, host: `*.${canonical}`, port };
  return { range: parseIpRange(canonical), host: canonical, port };
}

function parseRange(text: string): IpRange {
  const range = parseIpRange(text);
  if (range !== undefined) return range;
  throw new RangeError(
    `Cannot allow addresses ${describe(text)}: expected a range such as "10.0.0.0/8"`,
  );
}
