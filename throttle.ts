/**
 * A limit for messages that repeat.
 *
 * @module
 */

/** Options of {@linkcode LogThrottle}. */
export interface LogThrottleOptions {
  /**
   * Seconds for which a repeated message is held back.
   *
   * @default {60}
   */
  interval?: number;
  /**
   * The clock, in seconds.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
  /**
   * How many keys are remembered; the one that was let through longest ago is forgotten first.
   *
   * @default {1000}
   */
  maxKeys?: number;
}

/** When a text was let through, and how often it has been held back since. */
interface Admission {
  time: number;
  held: number;
}

/** How many different texts of one key are remembered. */
const MAX_TEXTS = 8;

/**
 * Decides which messages of something that keeps failing are worth a line: the first, every text that is new,
 * and a known one once per interval.
 */
export class LogThrottle {
  readonly #interval: number;
  readonly #now: () => number;
  readonly #maxKeys: number;
  readonly #admissions = new Map<string, Map<string, Admission>>();

  /**
   * Makes a throttle that has seen nothing.
   *
   * @throws {RangeError} If the interval is negative, or fewer than one key is to be remembered.
   */
  constructor(options: LogThrottleOptions = {}) {
    const { interval = 60, now = () => performance.now() / 1000, maxKeys = 1000 } = options;
    if (!(interval >= 0)) {
      throw new RangeError(
        `Cannot create log throttle: expected an interval of 0 or more, got ${interval}`,
      );
    }
    if (!(maxKeys >= 1)) {
      throw new RangeError(`Cannot create log throttle: expected 1 key or more, got ${maxKeys}`);
    }
    this.#interval = interval;
    this.#now = now;
    this.#maxKeys = maxKeys;
  }

  /**
   * Asks whether a message is to be logged now.
   *
   * @param key What fails, such as the name of a collector.
   * @param text The message; another one is logged at once.
   * @returns How often this message was held back since it was last let through; undefined: hold this one back, too.
   */
  admit(key: string, text: string): number | undefined {
    const now = this.#now();
    const texts = this.#admissions.get(key) ?? new Map<string, Admission>();
    const last = texts.get(text);
    if (last && now - last.time < this.#interval) {
      last.held++;
      return undefined;
    }
    setBounded(texts, text, { time: now, held: 0 }, MAX_TEXTS);
    setBounded(this.#admissions, key, texts, this.#maxKeys);
    return last?.held ?? 0;
  }

  /**
   * Forgets a key, because what it stands for works again.
   *
   * @returns Whether there was anything to forget: whether the recovery is news.
   */
  reset(key: string): boolean {
    return this.#admissions.delete(key);
  }
}

/** Makes an entry the newest of a map, at the expense of the oldest. */
function setBounded<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value!);
}
