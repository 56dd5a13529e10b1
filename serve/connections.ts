/**
 * The open connections of a server, and which of them give way when there are too many.
 *
 * @module
 */

import type { Limits } from "../model/limits.ts";

/** Options of {@linkcode Connections}. */
export interface ConnectionsOptions {
  /** Returns the limits. */
  readonly limits: () => Pick<
    Limits,
    "maxConnections" | "maxConnectionsPerClient" | "headerTimeout" | "idleTimeout"
  >;
  /** Called when a connection is closed or refused because there are too many. */
  readonly onLimit: () => void;
  /** Called when the number of connections has been well below the limit for some time after that. */
  readonly onRelief: (closed: number) => void;
  /**
   * The clock, in seconds.
   *
   * @default {() => performance.now() / 1000}
   */
  readonly now?: () => number;
}

/** Seconds without a connection too many after which the flood is over. */
const RELIEF_AFTER = 10;

/** How many connections less there may be after file descriptors ran out: the program needs some for other things. */
const RESERVE = 16;

/** How many connections there may be in any case. */
const MIN_CONNECTIONS = 8;

/** One connection. */
export interface Connection {
  /** Records that the head of a request has begun to arrive, unless that is known already. */
  receive(): void;
  /** Records that a request has begun. */
  begin(): void;
  /** Records that its response has ended. */
  end(): void;
  /** Uses another function to close the connection from now on. */
  closeBy(close: () => void): void;
  /** Records that the connection was closed. */
  closed(): void;
}

interface Entry {
  readonly client: string;
  close: () => void;
  /** How many requests are being answered. */
  requests: number;
  /** Whether the head of a request has yet to arrive: the first one, or one of which something is there. */
  isDue: boolean;
  idleSince: number;
}

/** Counts connections, in all and for each client, and closes those that are idle for too long or too many. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #now: () => number;
  readonly #entries = new Set<Entry>();
  readonly #perClient = new Map<string, Set<Entry>>();
  /** How many were closed or refused since the last relief. */
  #closed = 0;
  #excess = 0;
  /** The number of connections for which there are file descriptors. */
  #affordable = Infinity;
  #limitedAt: number | undefined;

  /** Creates a count of zero. */
  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now() / 1000);
  }

  /** The number of connections. */
  get size(): number {
    return this.#entries.size;
  }

  /** The number of connections that were closed or refused because there were too many. */
  get excess(): number {
    return this.#excess;
  }

  /**
   * Admits a connection. To make room, it closes the one that has been idle for longest: of the same client if that client has too
   * many, else of the client with the most.
   *
   * @param client The IP address of the client.
   * @param close Closes the connection.
   * @returns The connection; undefined if there are too many, and none of them is idle.
   */
  admit(client: string, close: () => void): Connection | undefined {
    const { maxConnections, maxConnectionsPerClient } = this.#options.limits();
    const max = Math.min(maxConnections, this.#affordable);
    const own = this.#perClient.get(client);
    const isAdmitted = (own?.size ?? 0) >= maxConnectionsPerClient
      ? this.#closeIdle(own!)
      : this.size < max || this.#closeIdle(this.#largestIdle());
    if (!isAdmitted) {
      this.#noteLimit();
      return undefined;
    }
    const entry: Entry = { client, close, requests: 0, isDue: true, idleSince: this.#now() };
    this.#add(entry);
    return {
      receive: () => {
        if (entry.isDue) return;
        entry.isDue = true;
        entry.idleSince = this.#now();
      },
      begin: () => {
        entry.requests++;
        entry.isDue = false;
      },
      end: () => {
        entry.requests--;
        entry.idleSince = this.#now();
      },
      closeBy: (close) => void (entry.close = close),
      closed: () => this.#remove(entry),
    };
  }

  /** Closes idle connections, and admits fewer for some time, because file descriptors have run out. */
  relieve(): void {
    this.#affordable = Math.max(MIN_CONNECTIONS, Math.min(this.#affordable, this.size) - RESERVE);
    while (this.size > this.#affordable && this.#closeIdle(this.#largestIdle()));
  }

  /** Closes the connections that have been idle for too long, and notes when there are no longer too many. */
  sweep(): void {
    const { headerTimeout, idleTimeout } = this.#options.limits();
    for (const entry of [...this.#entries]) {
      const timeout = entry.isDue ? headerTimeout : idleTimeout;
      if (entry.requests === 0 && this.#now() - entry.idleSince > timeout) this.#close(entry);
    }
    if (this.#limitedAt === undefined || this.#now() - this.#limitedAt < RELIEF_AFTER) return;
    this.#options.onRelief(this.#closed);
    this.#limitedAt = undefined;
    this.#affordable = Infinity;
    this.#closed = 0;
  }

  /** Closes all connections, or all that are idle. */
  closeAll({ idleOnly = false }: { readonly idleOnly?: boolean } = {}): void {
    for (const entry of [...this.#entries]) {
      if (!idleOnly || entry.requests === 0) this.#close(entry);
    }
  }

  /** The connections of the client with the most among those that have an idle one. */
  #largestIdle(): ReadonlySet<Entry> {
    let largest: ReadonlySet<Entry> = new Set();
    for (const entries of this.#perClient.values()) {
      if (entries.size > largest.size && [...entries].some(isIdle)) largest = entries;
    }
    return largest;
  }

  #closeIdle(entries: ReadonlySet<Entry>): boolean {
    const [oldest] = [...entries].filter(isIdle).sort((a, b) => a.idleSince - b.idleSince);
    if (oldest === undefined) return false;
    this.#noteLimit();
    this.#close(oldest);
    return true;
  }

  #noteLimit(): void {
    this.#closed++;
    this.#excess++;
    this.#limitedAt = this.#now();
    this.#options.onLimit();
  }

  #close(entry: Entry): void {
    this.#remove(entry);
    entry.close();
  }

  #add(entry: Entry): void {
    this.#entries.add(entry);
    const own = this.#perClient.get(entry.client);
    if (own === undefined) this.#perClient.set(entry.client, new Set([entry]));
    else own.add(entry);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry);
    const own = this.#perClient.get(entry.client);
    own?.delete(entry);
    if (own?.size === 0) this.#perClient.delete(entry.client);
  }
}

function isIdle({ requests }: Entry): boolean {
  return requests === 0;
}
