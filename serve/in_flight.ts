/**
 * The requests in flight: those that are being answered, and those whose response is being read.
 *
 * @module
 */

/** Seconds without progress after which a response can be ended to make room for another one. */
const STALLED_AFTER = 5;

/**
 * Seconds without progress after which a response is ended in any case. The kernel takes more than a megabyte at once, and then
 * nothing for as long as a slow client needs for that.
 */
const PATIENCE = 120;

/** Milliseconds between two looks at what makes no progress. */
const SWEEP_INTERVAL = 5000;

/** The maximum number of bytes that responses in flight hold. A single one can be larger. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** Options of {@linkcode InFlight}. */
export interface InFlightOptions {
  /** Returns the maximum number of requests. */
  readonly max: () => number;
  /**
   * The clock, in seconds.
   *
   * @default {() => performance.now() / 1000}
   */
  readonly now?: () => number;
}

/** A response that is being read. */
export interface Transfer {
  /** What it keeps in memory. The same object counts once, however many responses hold it. */
  readonly held: object;
  /** The size of that, in bytes. */
  readonly bytes: number;
  /** Ends it early, so that its memory is free and the client sees that it is incomplete. */
  end(): void;
}

interface Entry {
  transfer: Transfer | undefined;
  progressAt: number;
}

/** A request in flight. */
export interface Ticket {
  /**
   * Records that the response is being read from now on.
   *
   * @returns Whether there is memory for it. If not, the request is turned away.
   */
  send(transfer: Transfer): boolean;
  /** Records that the client has taken some bytes. */
  progress(): void;
  /** Records that the request is done. Later calls have no effect. */
  leave(): void;
}

/** Counts requests in flight, and ends responses whose clients have stopped reading. */
export class InFlight {
  readonly #max: () => number;
  readonly #now: () => number;
  readonly #entries = new Set<Entry>();
  #rejected = 0;
  #ended = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Creates a count of zero. */
  constructor({ max, now = () => performance.now() / 1000 }: InFlightOptions) {
    this.#max = max;
    this.#now = now;
  }

  /** The number of requests in flight. */
  get size(): number {
    return this.#entries.size;
  }

  /** The number of requests that were turned away. */
  get rejected(): number {
    return this.#rejected;
  }

  /** The number of responses that were ended because their clients did not read them. */
  get ended(): number {
    return this.#ended;
  }

  /** Admits a request; returns undefined if there are too many, and none of them has stalled. */
  enter(): Ticket | undefined {
    if (this.size >= this.#max() && !this.#endStalled()) {
      this.#rejected++;
      return undefined;
    }
    const entry: Entry = { transfer: undefined, progressAt: this.#now() };
    this.#entries.add(entry);
    return {
      send: (transfer) => this.#send(entry, transfer),
      progress: () => void (entry.progressAt = this.#now()),
      leave: () => this.#leave(entry),
    };
  }

  /** Ends the responses that have made no progress for two minutes. */
  sweep(): void {
    while (this.#endStalled(PATIENCE));
  }

  #send(entry: Entry, transfer: Transfer): boolean {
    while (this.#heldBytes(transfer) > MAX_HELD_BYTES) {
      if (this.#endStalled()) continue;
      if (this.#transfers().length === 0) break;
      this.#rejected++;
      this.#leave(entry);
      return false;
    }
    entry.transfer = transfer;
    entry.progressAt = this.#now();
    this.#timer ??= setInterval(() => this.sweep(), SWEEP_INTERVAL);
    return true;
  }

  #leave(entry: Entry): void {
    this.#entries.delete(entry);
    if (this.#timer === undefined || this.#transfers().length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Ends the response that has made no progress for longest, if that is long enough. */
  #endStalled(seconds: number = STALLED_AFTER): boolean {
    const before = this.#now() - seconds;
    const [longest] = [...this.#entries]
      .filter(({ transfer, progressAt }) => transfer !== undefined && progressAt <= before)
      .sort((a, b) => a.progressAt - b.progressAt);
    if (longest === undefined) return false;
    this.#ended++;
    this.#leave(longest);
    longest.transfer!.end();
    return true;
  }

  #transfers(): Transfer[] {
    return [...this.#entries].flatMap(({ transfer }) => transfer ?? []);
  }

  #heldBytes(added: Transfer): number {
    const sizes = new Map(
      [...this.#transfers(), added].map(({ held, bytes }) => [held, bytes]),
    );
    return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }
}
