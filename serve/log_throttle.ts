/**
 * Rate limiting of repeated log messages.
 *
 * @module
 */

import type { Logger } from "../model/logger.ts";
import { userFrame } from "./stack_frame.ts";

/** Options of {@linkcode LogThrottle}. */
export interface LogThrottleOptions {
  /**
   * Seconds for which a repeated message is suppressed.
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
   * The maximum number of keys to track. Beyond it, the key that was logged longest ago is forgotten.
   *
   * @default {1000}
   */
  maxKeys?: number;
}

/** When a message was last logged, and how often it has been suppressed since. */
interface Message {
  time: number;
  suppressed: number;
}

interface Failure {
  readonly messages: Map<string, Message>;
  /** Whether a failure was logged since the last recovery. */
  isLogged: boolean;
  /** Whether failures returned soon after the last recovery, and that has not been over for an interval. */
  isFlapping: boolean;
  /** When it last failed. */
  failedAt: number;
  /** When it last recovered, if that was logged. */
  recoveredAt: number;
}

/** The maximum number of different messages per key and interval. */
const MAX_MESSAGES = 8;
/** The maximum number of characters of a message that are compared. */
const MAX_LENGTH = 1000;

/**
 * Decides which messages about repeated failures to log: the first one, a limited number of different ones, and each of those
 * once per interval.
 *
 * The last message is true. So a failure after a recovery is logged in any case, and what fails again within an interval after
 * its recovery has not recovered before it worked for an interval.
 */
export class LogThrottle {
  readonly #interval: number;
  readonly #now: () => number;
  readonly #maxKeys: number;
  readonly #failures = new Map<string, Failure>();

  /**
   * Creates a throttle.
   *
   * @throws {RangeError} If `interval` is negative, or `maxKeys` is less than 1.
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
   * Decides whether to log a message.
   *
   * @param key What fails, such as the name of a collector.
   * @param text The message.
   * @returns How often the message was suppressed since it was last logged, or undefined to suppress it again.
   */
  admit(key: string, text: string): number | undefined {
    const now = this.#now();
    const failure = this.#failures.get(key) ?? newFailure();
    const { messages, isLogged, recoveredAt } = failure;
    failure.failedAt = now;
    if (!isLogged) failure.isFlapping = now - recoveredAt < this.#interval;
    const last = messages.get(text);
    const isRecent = ({ time }: Message) => now - time < this.#interval;
    const isRepeated = last !== undefined && isRecent(last);
    const isTooMuch = isRepeated ||
      [...messages.values()].filter(isRecent).length >= MAX_MESSAGES;
    if (isLogged && isTooMuch) {
      (last ?? [...messages.values()].at(-1)!).suppressed++;
      return undefined;
    }
    failure.isLogged = true;
    setNewest(messages, text, { time: now, suppressed: 0 }, MAX_MESSAGES);
    setNewest(this.#failures, key, failure, this.#maxKeys);
    return last?.suppressed ?? 0;
  }

  /**
   * Records that a key works again.
   *
   * @returns Whether to log that: whether a failure was logged since the last recovery, and it does not flap.
   */
  recover(key: string): boolean {
    const failure = this.#failures.get(key);
    if (!failure?.isLogged) return false;
    const now = this.#now();
    if (failure.isFlapping && now - failure.failedAt < this.#interval) return false;
    failure.isLogged = false;
    failure.recoveredAt = now;
    return true;
  }
}

function newFailure(): Failure {
  return {
    messages: new Map(),
    isLogged: false,
    isFlapping: false,
    failedAt: -Infinity,
    recoveredAt: -Infinity,
  };
}

/** Logs failures and recoveries, throttled. */
export class ThrottledLog {
  readonly #logger: Logger;
  readonly #throttle: LogThrottle;

  /** Creates a throttled log on top of a logger. */
  constructor(logger: Logger, throttle: LogThrottle = new LogThrottle()) {
    this.#logger = logger;
    this.#throttle = throttle;
  }

  /**
   * Logs a failure, unless it is suppressed. A field `at` has the place in the user's code that an error comes from, and `repeated`
   * how often the failure was suppressed before. The whole stack follows at level debug.
   *
   * @param key What fails.
   * @param reason An error or a text. Reasons that differ only in numbers count as equal.
   */
  logFailure(
    level: "warn" | "error",
    key: string,
    reason: unknown,
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ): void {
    const repeated = this.#throttle.admit(key, textOf(reason));
    if (repeated === undefined) return;
    const stack = stackOf(reason);
    const at = stack === undefined ? undefined : userFrame({ stack });
    this.#logger[level](message, {
      ...fields,
      ...(at !== undefined && { at }),
      ...(repeated > 0 && { repeated }),
    });
    if (at !== undefined) this.#logger.debug("stack of this error", { stack });
  }

  /** Logs a recovery, if the failure was logged. */
  logRecovery(key: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#throttle.recover(key)) this.#logger.info(message, fields);
  }
}

/** Returns the start of a message, without numbers such as durations and ports, which do not make a different failure. */
function textOf(reason: unknown): string {
  try {
    const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : reason;
    return typeof text === "string"
      ? text.slice(0, MAX_LENGTH).replaceAll(/\d+/g, "#")
      : typeof text;
  } catch {
    // A name or a message can be a symbol, and the reason a proxy that throws.
    return "unprintable";
  }
}

function stackOf(reason: unknown): string | undefined {
  try {
    const stack: unknown = reason instanceof Error ? reason.stack : undefined;
    return typeof stack === "string" ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** Sets an entry as the newest of a map, and evicts the oldest one beyond a limit. */
function setNewest<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value!);
}
