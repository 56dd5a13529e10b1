/**
 * Waiting for what will be so soon, and giving up when it is not.
 *
 * @module
 */

const PAUSE = 20;

/** Options of {@linkcode until}. */
export interface UntilOptions {
  /**
   * Seconds after which to give up.
   *
   * @default {10}
   */
  limit?: number;
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
  throw new Error(`Cannot wait any longer for ${what}: ${limit} s have passed`, { cause });
}
