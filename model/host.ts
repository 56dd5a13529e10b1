/**
 * Addresses to listen on: host names, IPv4 and IPv6.
 *
 * @module
 */

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const HOST_LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/**
 * Parses a host name or an IP address. Brackets around an IPv6 address are removed.
 *
 * @returns The host in the form that `Deno.listen` accepts; undefined if the text is neither.
 */
export function parseHost(text: string): string | undefined {
  const address = /^\[(.*:.*)\]$/.exec(text)?.[1] ?? text;
  if (address.includes(":")) return isIpv6(address) ? address : undefined;
  return isIpv4(address) || isHostName(address) ? address : undefined;
}

function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

function isIpv6(text: string): boolean {
  return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]`);
}

/** Follows {@link https://www.rfc-editor.org/rfc/rfc1123#section-2.1 | RFC 1123, section 2.1}, and also allows underscores. */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  return text.length <= 253 && labels.every((label) => HOST_LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1)!);
}
