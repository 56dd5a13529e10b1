/**
 * Waiting for what will be so soon, and giving up when it is not.
 *
 * @module
 */

const PAUSE = 20;

/** Options of {@linkcode until} and {@linkcode within}. */
export interface UntilOptions {
  /**
   * Seconds after which to give up.
   *
   * @default {10}
   */
  limit?: number;
}

/**
 * Gives what a promise gives, unless that takes too long.
 *
 * @param what Says in an error what was waited for.
 * @throws {Error} If it has not settled after the limit; and what it rejects with.
 */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  options: UntilOptions = {},
): Promise<T> {
  const { limit = 10 } = options;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate(what, limit)), limit * 1000);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again and again until the answer is neither undefined nor false, and gives that answer. A rejection counts as "not yet".
 *
 * @param what Says in an error what was waited for.
 * @throws {Error} If it is not so after the limit; the cause is the last rejection.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const { limit = 10 } = options;
  const end = performance.now() + limit * 1000;
  let cause: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  } while (performance.now() < end);
  throw tooLate(what, limit, cause);
}

function tooLate(what: string, limit: number, cause?: unknown): Error {
  return new Error(`Cannot wait any longer for ${what}: ${limit} s have passed`, { cause });
}
