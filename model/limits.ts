/**
 * The limits that protect an exporter from its clients and collectors. They are options in code and keys of the configuration file.
 *
 * @module
 */

/** How a limit is named, what it can be, and its default. */
export interface LimitSpec {
  /** The key of the configuration file. */
  readonly key: string;
  /** The value if nothing else is said. */
  readonly default: number;
  /** The least value. */
  readonly least: number;
  /** Whether it counts something, and not seconds. */
  readonly isCount: boolean;
}

/** The limits that protect an exporter from its clients and collectors. */
export interface Limits {
  /**
   * The maximum number of requests for metrics or the status in flight, those included whose response is being read. Others are answered with
   * status 503 and `Retry-After`, unless a response has stalled for five seconds, which then gives way.
   *
   * @default {40}
   */
  readonly maxRequestsInFlight: number;
  /**
   * The least number of seconds for which a scrape waits for collectors, whatever timeout the scraper asks for.
   *
   * @default {0.25}
   */
  readonly minTimeout: number;
  /**
   * The greatest number of seconds for which a scrape waits for collectors, whatever timeout the scraper asks for.
   *
   * @default {120}
   */
  readonly maxTimeout: number;
  /**
   * The maximum number of connections. For one more, the connection that has been idle for longest is closed, first of the client
   * with the most; if none is idle, the new one is refused. Keep it well below the limit of file descriptors.
   *
   * @default {200}
   */
  readonly maxConnections: number;
  /**
   * The maximum number of connections from one IP address.
   *
   * @default {150}
   */
  readonly maxConnectionsPerClient: number;
  /**
   * Seconds in which a client has to send the head of a request, from its first byte or the start of the connection.
   *
   * @default {10}
   */
  readonly headerTimeout: number;
  /**
   * Seconds for which a connection stays open between two requests.
   *
   * @default {300}
   */
  readonly idleTimeout: number;
  /**
   * The maximum number of samples of a collector. One that returns more fails. The option of the collector can only lower it.
   *
   * @default {1_000_000}
   */
  readonly maxSamples: number;
  /**
   * The maximum number of bytes in the names, labels and help texts that a collector returns. One that returns more fails.
   *
   * @default {104_857_600}
   */
  readonly maxBytes: number;
}

/** The name of a limit in code. */
export type LimitName = keyof Limits;

/** The limits by the names of the options in code. */
export const LIMITS: Readonly<Record<LimitName, LimitSpec>> = {
  maxRequestsInFlight: count("max_requests_in_flight", 40),
  minTimeout: seconds("min_timeout", 0.25),
  maxTimeout: seconds("max_timeout", 120),
  maxConnections: count("max_connections", 200),
  maxConnectionsPerClient: count("max_connections_per_client", 150),
  headerTimeout: seconds("header_timeout", 10),
  idleTimeout: seconds("idle_timeout", 300),
  maxSamples: count("max_samples", 1_000_000),
  maxBytes: count("max_bytes", 104_857_600),
};

/** The names of all limits. */
export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

/** The default of each limit. */
export const DEFAULT_LIMITS: Limits = forEachLimit((name) => LIMITS[name].default);

/** Returns an object with a value for each limit. */
export function forEachLimit<T>(valueOf: (name: LimitName) => T): Record<LimitName, T> {
  const entries = LIMIT_NAMES.map((name) => [name, valueOf(name)]);
  return Object.fromEntries(entries) as Record<LimitName, T>;
}

/** Says what a limit can be, as in `an integer, 1 or more`. */
export function expectedOf(name: LimitName): string {
  const { isCount, least } = LIMITS[name];
  return isCount ? `an integer, ${least} or more` : `a number of seconds, ${least} or more`;
}

/** Returns whether a limit can be this value. */
export function isLimit(name: LimitName, value: unknown): value is number {
  const { isCount, least } = LIMITS[name];
  return typeof value === "number" && value >= least && value < Infinity &&
    (!isCount || Number.isInteger(value));
}

function count(key: string, value: number): LimitSpec {
  return { key, default: value, least: 1, isCount: true };
}

function seconds(key: string, value: number): LimitSpec {
  return { key, default: value, least: 0.001, isCount: false };
}
