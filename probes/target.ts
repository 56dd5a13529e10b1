/**
 * Targets of probes: the texts that say what to probe.
 *
 * @module
 */

import { describe } from "../model/describe.ts";

/** Longer targets are refused. */
const MAX_LENGTH = 2048;

/** The ports of schemes that need not name theirs. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** A target, taken apart. */
export interface Target {
  /** The text. */
  readonly text: string;
  /** The host in the form that URLs have: a name in lower case without a final period, an IPv4 address in four decimal numbers, or an
   * IPv6 address without brackets. */
  readonly host: string;
  /** The port; undefined if the target has none. */
  readonly port: number | undefined;
}

/**
 * Parses a target: a URL, a host, or a host and a port. Whatever notation a resolver might accept for an IP address becomes the
 * usual one: `0x7f.1`, `2130706433` and `017700000001` are all `127.0.0.1`.
 *
 * @throws {RangeError} If it is none of these, or contains credentials.
 */
export function parseTarget(text: string): Target {
  const expected = "expected a URL, a host, or a host and a port";
  const refuse = (reason: string) => new RangeError(`Cannot probe ${describe(text)}: ${reason}`);
  if (text === "" || text.length > MAX_LENGTH) throw refuse(expected);
  // A backslash is a slash in some schemes only, and URL parsers drop white space.
  if (/[\s\\\p{Cc}]/u.test(text)) throw refuse(`${expected}, without white space and backslashes`);
  const [, scheme = "", rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text)!;
  const authority = /^[^/?#]*/.exec(rest)![0];
  if (authority.includes("@")) throw refuse("expected no user name and no password");
  const url = URL.parse(`http://${bracketed(authority)}/`);
  if (url === null || authority === "") throw refuse(expected);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  if (host === "") throw refuse(expected);
  const port = /:(\d+)$/.exec(withoutIpv6(authority))?.[1];
  return { text, host, port: port ? Number(port) : DEFAULT_PORTS[scheme.toLowerCase()] };
}

/** An IPv6 address without a port may come without brackets. */
function bracketed(authority: string): string {
  return /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(authority) ? `[${authority}]` : authority;
}

function withoutIpv6(authority: string): string {
  return bracketed(authority).replace(/^\[[^\]]*\]/, "");
}
