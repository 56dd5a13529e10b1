/**
 * Limits for failed authentications.
 *
 * @module
 */

import { TokenBucket } from "./token_bucket.ts";

/** Options of {@linkcode FailureLimit}. */
export interface FailureLimitOptions {
  /**
   * The clock, in seconds.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
}

/** Failures of one address that are possible at once, and seconds until one more is. */
const ADDRESS_BURST = 10;
const ADDRESS_INTERVAL = 6;
/** The same for all addresses together. */
const TOTAL_BURST = 100;
const TOTAL_INTERVAL = 0.2;
/** The maximum number of addresses that are tracked. Beyond it, the one that was used longest ago is forgotten. */
const MAX_ADDRESSES = 1000;

/** An attempt to authenticate that is under way. */
export interface Attempt {
  /** Gives back what the attempt took, because it was not decided. */
  release(): void;
  /** The same, because it succeeded. From now on, the limit for all addresses does not apply to this one. */
  succeed(): void;
}

/**
 * Limits the rate of failed authentications, per address and in all. Addresses that have authenticated before have a limit of their
 * own only, so that failures from elsewhere do not lock them out.
 */
export class FailureLimit {
  readonly #now: () => number;
  readonly #total: TokenBucket;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #trusted = new Set<string>();

  /** Creates limits. */
  constructor(options: FailureLimitOptions = {}) {
    this.#now = options.now ?? (() => performance.now() / 1000);
    this.#total = new TokenBucket(TOTAL_INTERVAL, TOTAL_BURST, this.#now());
  }

  /**
   * Begins an attempt, which counts as failed until it is released: attempts at the same time cannot exceed a limit.
   *
   * @returns The attempt, or the seconds to wait if a limit is reached.
   */
  begin(address: string): Attempt | number {
    const now = this.#now();
    const network = networkOf(address);
    const isTrusted = this.#trusted.has(network);
    const bucket = this.#bucketOf(network, now);
    if (!bucket.take(now)) return bucket.secondsToWait(now);
    if (!isTrusted && !this.#total.take(now)) {
      bucket.giveBack();
      return this.#total.secondsToWait(now);
    }
    const release = () => {
      bucket.giveBack();
      if (!isTrusted) this.#total.giveBack();
    };
    const succeed = () => {
      release();
      addNewest(this.#trusted, network);
    };
    return { release, succeed };
  }

  #bucketOf(network: string, now: number): TokenBucket {
    const bucket = this.#buckets.get(network) ??
      new TokenBucket(ADDRESS_INTERVAL, ADDRESS_BURST, now);
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    if (this.#buckets.size > MAX_ADDRESSES) {
      this.#buckets.delete(this.#buckets.keys().next().value!);
    }
    return bucket;
  }
}

/** Adds a value as the newest of a set, and removes the oldest one beyond a limit. */
function addNewest(values: Set<string>, value: string): void {
  values.delete(value);
  values.add(value);
  if (values.size > MAX_ADDRESSES) values.delete(values.values().next().value!);
}

/** Returns an IPv4 address, or the first 64 bits of an IPv6 address, of which one client can have many. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":") : [];
  const missing = tail === undefined ? 0 : 8 - groups.length - after.length;
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...after];
  return all.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":");
}
