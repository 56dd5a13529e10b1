/**
 * A limit for messages that repeat.
 *
 * @module
 */

import type { Logger } from "../model/logger.ts";

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

interface Failing {
  readonly texts: Map<string, Admission>;
  /** Whether its recovery would be news. */
  isOpen: boolean;
}

/** How many different texts of one key are let through in an interval. */
const MAX_TEXTS = 8;

/**
 * Decides which messages of something that keeps failing are worth a line: the first, a few that are new, and a
 * known one once per interval.
 */
export class LogThrottle {
  readonly #interval: number;
  readonly #now: () => number;
  readonly #maxKeys: number;
  readonly #failing = new Map<string, Failing>();

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
    const failing = this.#failing.get(key) ??
      { texts: new Map<string, Admission>(), isOpen: false };
    const { texts } = failing;
    const last = texts.get(text);
    const isRecent = ({ time }: Admission) => now - time < this.#interval;
    const isKnown = last !== undefined && isRecent(last);
    if (isKnown || [...texts.values()].filter(isRecent).length >= MAX_TEXTS) {
      (last ?? [...texts.values()].at(-1)!).held++;
      return undefined;
    }
    failing.isOpen = true;
    setBounded(texts, text, { time: now, held: 0 }, MAX_TEXTS);
    setBounded(this.#failing, key, failing, this.#maxKeys);
    return last?.held ?? 0;
  }

  /**
   * Notes that what a key stands for works again.
   *
   * @returns Whether that is news: whether a message was let through since it last was.
   */
  recover(key: string): boolean {
    const failing = this.#failing.get(key);
    if (!failing?.isOpen) return false;
    failing.isOpen = false;
    return true;
  }
}

/** Logs what may fail again and again. */
export class ThrottledLog {
  readonly #logger: Logger;
  readonly #throttle: LogThrottle;

  /** Logs to a logger. */
  constructor(logger: Logger, throttle: LogThrottle = new LogThrottle()) {
    this.#logger = logger;
    this.#throttle = throttle;
  }

  /**
   * Logs a failure, unless it is held back, with how often it was held back before.
   *
   * @param key What fails.
   * @param kind How it fails: an error or a text, of which numbers do not count.
   */
  failed(
    level: "warn" | "error",
    key: string,
    kind: unknown,
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ): void {
    const repeated = this.#throttle.admit(key, textOf(kind));
    if (repeated === undefined) return;
    this.#logger[level](message, { ...fields, ...(repeated > 0 && { repeated }) });
  }

  /** Logs that something works again, if its failure was logged. */
  recovered(key: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#throttle.recover(key)) this.#logger.info(message, fields);
  }
}

/** What tells one failure from another: numbers, such as durations and ports, do not. */
function textOf(kind: unknown): string {
  const text = kind instanceof Error ? `${kind.name}: ${kind.message}` : kind;
  return typeof text === "string" ? text.replaceAll(/\d+/g, "#") : typeof text;
}

/** Makes an entry the newest of a map, at the expense of the oldest. */
function setBounded<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value!);
}
