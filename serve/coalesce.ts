/**
 * Runs that follow one another, however often they are asked for.
 *
 * @module
 */

/**
 * Returns a function that runs a task. While a run goes on, all further calls together cause one more, which begins after it: it sees
 * whatever has changed by the time of the calls.
 */
export function coalesced(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function begin(): Promise<void> {
    next = undefined;
    running = task().finally(() => running = undefined);
    return running;
  }

  return () => {
    if (running === undefined) return begin();
    return next ??= running.then(begin, begin);
  };
}
