/**
 * The hosts that requests may name, as a protection against DNS rebinding: a page of another site, whose name an attacker resolves to
 * an address of this machine, sends the name of that site.
 *
 * @module
 */

import { parseHost } from "../model/host.ts";

/**
 * Parses a host of `allowed_hosts`.
 *
 * @returns The host in a comparable form, or `*`; undefined if the text is neither.
 */
export function parseHostPattern(text: string): string | undefined {
  if (text === "*") return text;
  const host = parseHost(text);
  return host === undefined ? undefined : comparable(host);
}

/**
 * Returns whether a request may name a host.
 *
 * @param authority The host and the port, as in the header `Host`.
 * @param allowed The hosts that are allowed. By default `localhost` and names below it, and all IP addresses: an attacker cannot make
 *   a browser send one of these from another site.
 */
export function isAllowedHost(authority: string, allowed?: readonly string[]): boolean {
  if (allowed?.includes("*")) return true;
  const host = hostOf(authority);
  if (host === undefined) return false;
  if (allowed !== undefined) return allowed.includes(host);
  return host === "localhost" || host.endsWith(".localhost") || isAddress(host);
}

/** Returns the host of an authority in a comparable form; undefined if it has none. */
function hostOf(authority: string): string | undefined {
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::\d*)?$/.exec(authority);
  const host = match === null ? undefined : parseHost(match[1]!);
  return host === undefined ? undefined : comparable(host);
}

/** Writes a host as URLs do: in lower case, with short IPv6 addresses, without the final period; undefined if URLs cannot have it. */
function comparable(host: string): string | undefined {
  const url = URL.parse(`http://${host.includes(":") ? `[${host}]` : host}`);
  return url?.hostname.replace(/\.$/, "");
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || /^[\d.]+$/.test(host);
}
