/**
 * Metrics about the address of a target, with the names that blackbox_exporter gives them.
 *
 * @module
 */

import { Gauge } from "../gauge.ts";
import type { AddressPreference, ProbeContext, ResolvedTarget } from "../probe.ts";
import { parseIpAddress } from "./ip_address.ts";

/**
 * Resolves the target of a probe, and registers what is found.
 *
 * @throws {Error} If it cannot be resolved to an address that is allowed.
 */
export async function resolveTarget(
  { registry, resolve }: Pick<ProbeContext, "registry" | "resolve">,
  target: string,
  preference: AddressPreference,
): Promise<ResolvedTarget> {
  const lookup = registry.register(
    new Gauge("probe_dns_lookup_time_seconds", "Time to resolve the name of the target.", {
      unit: "seconds",
    }),
  );
  const version = registry.register(
    new Gauge("probe_ip_protocol", "Version of the Internet Protocol: 4 or 6."),
  );
  const hash = registry.register(
    new Gauge("probe_ip_addr_hash", "Hash of the IP address, which shows when that changes."),
  );
  const resolved = await resolve(target, preference);
  lookup.set(resolved.seconds);
  version.set(resolved.protocol === "ip6" ? 6 : 4);
  hash.set(fnv1a(parseIpAddress(resolved.address)?.bytes ?? []));
  return resolved;
}

/** The hash of 32 bits that blackbox_exporter uses (draft-eastlake-fnv). */
function fnv1a(bytes: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
