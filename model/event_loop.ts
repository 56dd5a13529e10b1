/**
 * Cooperative yielding: long loops over samples must not block the event loop.
 *
 * @module
 */

/** How long to block the event loop at most, in milliseconds. */
const MAX_BLOCKING = 4;

let lastYield = 0;
let queue: Promise<void> = Promise.resolve();

/** Returns whether the event loop has been blocked for so long that {@linkcode yieldToEventLoop} is due. */
export function shouldYield(): boolean {
  return performance.now() - lastYield > MAX_BLOCKING;
}

/**
 * Resolves in a later turn of the event loop. Concurrent callers resume one per turn, so that many loops together block
 * the event loop no longer than one.
 */
export function yieldToEventLoop(): Promise<void> {
  return queue = queue.then(nextTurn);
}

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => void inNextTurn(resolve));
  lastYield = performance.now();
}

/** Timers of Node, which Deno has as well. */
interface Immediates {
  setImmediate(callback: () => void): unknown;
  clearImmediate(immediate: unknown): void;
}

/**
 * Calls a function in the next turn of the event loop. Uses `setImmediate` where available, because `setTimeout` waits for at least a
 * millisecond, and costs several times as much.
 *
 * @returns A function that prevents the call.
 */
export function inNextTurn(callback: () => void): () => void {
  if (!("setImmediate" in globalThis)) {
    const timer = setTimeout(callback, 0);
    return () => clearTimeout(timer);
  }
  const { setImmediate, clearImmediate } = globalThis as unknown as Immediates;
  const immediate = setImmediate(callback);
  return () => clearImmediate(immediate);
}
