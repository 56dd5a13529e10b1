/**
 * Work in short holds: how long loops over many samples give other work of the program its turn.
 *
 * @module
 */

/** How long the event loop may be held before it gets a breath, in milliseconds. */
const HOLD = 4;

let since = 0;
let last: Promise<void> = Promise.resolve();

/** Tells whether the event loop was held for so long that {@linkcode yieldToEventLoop} is due. */
export function shouldYield(): boolean {
  return performance.now() - since > HOLD;
}

/**
 * Resolves in a turn of the event loop of its own. Loops that wait at the same time go on one by one, a turn each,
 * so that many of them together hold the event loop no longer than one.
 */
export function yieldToEventLoop(): Promise<void> {
  return last = last.then(nextTurn);
}

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => void schedule(resolve));
  since = performance.now();
}

/** `setTimeout` waits for a millisecond or more, so it only stands in where there is no `setImmediate`. */
const schedule: (callback: () => void) => unknown = "setImmediate" in globalThis
  ? (globalThis as unknown as { setImmediate(callback: () => void): unknown }).setImmediate
  : (callback) => setTimeout(callback, 0);
