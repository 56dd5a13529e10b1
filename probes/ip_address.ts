/**
 * IP addresses and ranges of them, as numbers.
 *
 * @module
 */

/** An IP address. IPv4 addresses inside IPv6 ones (RFC 4291, section 2.5.5.2) are IPv4 addresses. */
export interface IpAddress {
  /** The version of the protocol. */
  readonly family: 4 | 6;
  /** The bytes, 4 or 16. */
  readonly bytes: readonly number[];
}

/** A range of addresses that have the first bits in common. */
export interface IpRange {
  /** The first address. */
  readonly base: IpAddress;
  /** The number of bits in common. */
  readonly bits: number;
}

/** How many bits the prefix of an IPv4 address inside an IPv6 address takes. */
const MAPPED_BITS = 96;

/** Parses an IPv4 address in four decimal numbers, or an IPv6 address without brackets. Returns undefined if the text is neither. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  const bytes = parseIpv6(text);
  if (bytes === undefined) return undefined;
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff &&
    bytes[11] === 0xff;
  return isMapped ? { family: 4, bytes: bytes.slice(12) } : { family: 6, bytes };
}

/** Parses a range such as `10.0.0.0/8`, or an address as a range of one. Bits after the common ones must be 0. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const base = parseIpAddress(address);
  if (base === undefined || rest.length > 0) return undefined;
  const all = base.bytes.length * 8;
  if (length === undefined) return { base, bits: all };
  if (!/^\d{1,3}$/.test(length)) return undefined;
  const isMapped = base.family === 4 && address.includes(":");
  const bits = Number(length) - (isMapped ? MAPPED_BITS : 0);
  if (bits < 0 || bits > all) return undefined;
  return base.bytes.every((byte, i) => (byte & ~maskOf(bits, i)) === 0)
    ? { base, bits }
    : undefined;
}

/** Returns whether an address is in a range. */
export function isInRange({ family, bytes }: IpAddress, { base, bits }: IpRange): boolean {
  return family === base.family &&
    bytes.every((byte, i) => (byte & maskOf(bits, i)) === base.bytes[i]);
}

/** Returns the bits of a byte that are among the first ones of an address. */
function maskOf(bits: number, index: number): number {
  const inByte = Math.min(Math.max(bits - index * 8, 0), 8);
  return (0xff << (8 - inByte)) & 0xff;
}

function parseIpv4(text: string): IpAddress | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const parts = match?.slice(1) ?? [];
  const bytes = parts.map(Number);
  const isValid = match !== null && bytes.every((byte) => byte <= 255) &&
    parts.every((part) => part === "0" || !part.startsWith("0"));
  return isValid ? { family: 4, bytes } : undefined;
}

/** Lets the URL parser write the address in its shortest form, which is easy to read. */
function parseIpv6(text: string): number[] | undefined {
  if (!/^[0-9a-f:.]{2,45}$/i.test(text)) return undefined;
  const short = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1);
  if (short === undefined) return undefined;
  const [head = "", tail] = short.split("::").map((part) => part === "" ? [] : part.split(":"));
  const groups = tail === undefined
    ? [...head]
    : [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
  return groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]);
}
