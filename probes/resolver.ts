/**
 * From targets to the addresses that may be connected to.
 *
 * @module
 */

import { roundSeconds } from "../model/deadline.ts";
import type { AddressPreference, ResolvedTarget } from "../probe.ts";
import { parseIpAddress } from "./ip_address.ts";
import { parseTarget } from "./target.ts";
import type { TargetPolicy } from "./target_policy.ts";

/** Finds all addresses of a host, the preferred one first. */
export type Lookup = (host: string) => Promise<readonly string[]>;

interface Found {
  readonly addresses: readonly string[];
  readonly seconds: number;
}

/**
 * Resolves the targets of one probe. Each name is resolved once, and its addresses are checked before one of them is handed out: a
 * name that has another address a moment later does not get through.
 */
export class Resolver {
  readonly #policy: TargetPolicy | undefined;
  readonly #lookup: Lookup;
  readonly #found = new Map<string, Promise<Found>>();

  /** Creates a resolver. Without a policy, every target is allowed. */
  constructor(policy: TargetPolicy | undefined, lookup: Lookup = systemLookup) {
    this.#policy = policy;
    this.#lookup = lookup;
  }

  /**
   * Resolves a target.
   *
   * @throws {RangeError} If the text is not a target.
   * @throws {TargetRefusedError} If the target, or one of its addresses, is not allowed.
   * @throws {Error} If the name has no address of the wanted protocol.
   */
  async resolve(text: string, preference: AddressPreference = {}): Promise<ResolvedTarget> {
    const target = parseTarget(text);
    this.#policy?.checkTarget(target);
    let found = this.#found.get(target.host);
    if (found === undefined) {
      found = this.#find(target.host);
      this.#found.set(target.host, found);
    }
    const { addresses, seconds } = await found;
    // A client that resolves the name itself may connect to any of them.
    for (const address of addresses) this.#policy?.checkAddress(target, address);
    const { protocol, fallback = true } = preference;
    const preferred = addresses.find((address) => !protocol || protocolOf(address) === protocol);
    const address = preferred ?? (fallback ? addresses[0] : undefined);
    if (address !== undefined) {
      const { host, port } = target;
      return { host, port, address, protocol: protocolOf(address), seconds };
    }
    throw new Error(
      `Cannot resolve "${target.host}": no address${protocol ? ` of ${protocol}` : ""}`,
    );
  }

  async #find(host: string): Promise<Found> {
    if (parseIpAddress(host) !== undefined) return { addresses: [host], seconds: 0 };
    const began = performance.now();
    const addresses = await this.#lookup(host);
    return { addresses, seconds: roundSeconds((performance.now() - began) / 1000) };
  }
}

function protocolOf(address: string): ResolvedTarget["protocol"] {
  return address.includes(":") ? "ip6" : "ip4";
}

async function systemLookup(host: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(host, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
}
