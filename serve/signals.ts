/**
 * Listeners for the signals of the operating system.
 *
 * @module
 */

import { flushLog } from "../log.ts";

/** Seconds for which the end of the process waits for a slow reader of the log. */
const FLUSH_TIMEOUT = 0.5;

/** What signals ask of an exporter. */
export interface SignalHandlers {
  /** Reloads the configuration. */
  reload(): Promise<void>;
  /** Shuts down, and returns after how many seconds the process ends: 0 if something keeps it alive that cannot be closed. */
  shutdown(): Promise<number>;
  /** Seconds after SIGINT or SIGTERM in which the process ends, even if the shutdown does not. */
  readonly longestShutdown: number;
}

/**
 * Reloads on SIGHUP, and shuts down on SIGINT and SIGTERM.
 *
 * Returns a function to call when a shutdown begins, with a promise of its end. From then on, SIGINT and SIGTERM have their default
 * effect, which is to end the process at once. SIGHUP does nothing until the shutdown has finished or, if a signal caused it, until
 * the process ends.
 */
export function handleSignals(handlers: SignalHandlers): (finished: Promise<void>) => void {
  let isEnding = false;
  let isTerminated = false;
  const terminate = async () => {
    isTerminated = true;
    exitIn(handlers.longestShutdown);
    exitIn(await handlers.shutdown());
  };
  const stopReloading = addSignalListeners({
    SIGHUP: () => {
      if (!isEnding) void handlers.reload().catch(() => {});
    },
  });
  const stopTerminating = addSignalListeners({
    SIGINT: () => void terminate(),
    SIGTERM: () => void terminate(),
  });
  return (finished) => {
    isEnding = true;
    stopTerminating();
    void finished.then(() => {
      if (!isTerminated) stopReloading();
    });
  };
}

/** Listens for signals, ignoring those that the platform does not support, and returns a function that removes the listeners. */
function addSignalListeners(
  listeners: Partial<Record<Deno.Signal, () => void>>,
): () => void {
  const added = Object.entries(listeners).filter(([signal, listener]) => {
    try {
      Deno.addSignalListener(signal as Deno.Signal, listener);
      return true;
    } catch {
      return false;
    }
  });
  return () => {
    for (const [signal, listener] of added) {
      Deno.removeSignalListener(signal as Deno.Signal, listener);
    }
  };
}

/** Ends the process after some seconds, unless nothing keeps it alive before. With 0 seconds, it ends in any case. */
function exitIn(seconds: number): void {
  const timer = setTimeout(async () => {
    await flushLog(FLUSH_TIMEOUT);
    Deno.exit();
  }, seconds * 1000);
  if (seconds > 0) Deno.unrefTimer(timer);
}
