/**
 * Addresses that are not on the public internet.
 *
 * @see {@link https://www.iana.org/assignments/iana-ipv4-special-registry/}
 * @see {@link https://www.iana.org/assignments/iana-ipv6-special-registry/}
 *
 * @module
 */

import {
  type IpAddress,
  type IpRange,
  isInRange,
  parseIpAddress,
  parseIpRange,
} from "./ip_address.ts";

/** The services of clouds that hand out credentials to any program inside them. */
const METADATA = ["169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192"]
  .concat(["fd00:ec2::254", "fd20:ce::254"])
  .map((text) => parseIpRange(text)!);

const IPV4 = ranges({
  loopback: ["0.0.0.0/8", "127.0.0.0/8"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
  "link-local": ["169.254.0.0/16"],
  reserved: [
    ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24"],
    ...["203.0.113.0/24", "240.0.0.0/4"],
  ],
  multicast: ["224.0.0.0/4"],
});

const IPV6 = ranges({
  loopback: ["::/127"],
  private: ["fc00::/7", "fec0::/10"],
  "link-local": ["fe80::/10"],
  multicast: ["ff00::/8"],
  reserved: ["2001::/23", "2001:db8::/32", "3fff::/20"],
});

/** All addresses of the public internet that have been assigned so far. */
const GLOBAL = parseIpRange("2000::/3")!;

/** Prefixes after which an IPv4 address follows: NAT64 (RFC 6052) and 6to4 (RFC 3056). */
const EMBEDDING = [
  { range: parseIpRange("64:ff9b::/96")!, at: 12 },
  { range: parseIpRange("2002::/16")!, at: 2 },
];

/**
 * Returns in a word why an address is not a public one: `loopback`, `private`, `link-local`, `multicast`, `reserved` or `metadata`.
 * Returns undefined for a public address.
 */
export function specialKind(address: IpAddress): string | undefined {
  if (METADATA.some((range) => isInRange(address, range))) return "metadata";
  if (address.family === 4) return kindIn(IPV4, address);
  const embedding = EMBEDDING.find(({ range }) => isInRange(address, range));
  if (embedding !== undefined) return specialKind(embeddedIn(address, embedding.at));
  return kindIn(IPV6, address) ?? (isInRange(address, GLOBAL) ? undefined : "reserved");
}

function embeddedIn({ bytes }: IpAddress, at: number): IpAddress {
  return parseIpAddress(bytes.slice(at, at + 4).join("."))!;
}

function kindIn(kinds: readonly [string, IpRange[]][], address: IpAddress): string | undefined {
  return kinds.find(([, list]) => list.some((range) => isInRange(address, range)))?.[0];
}

function ranges(texts: Readonly<Record<string, readonly string[]>>): [string, IpRange[]][] {
  return Object.entries(texts).map(([kind, list]) => [kind, list.map((one) => parseIpRange(one)!)]);
}
