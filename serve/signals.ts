/**
 * Listeners for the signals of the operating system.
 *
 * @module
 */

/** What signals ask of an exporter. */
export interface SignalHandlers {
  /** Reloads the configuration. */
  reload(): Promise<void>;
  /** Shuts down, and returns after how many seconds the process ends: 0 if something keeps it alive that cannot be closed. */
  shutdown(): Promise<number>;
}

/** Reloads on SIGHUP, and shuts down on SIGINT and SIGTERM. Returns a function that ends this. */
export function handleSignals({ reload, shutdown }: SignalHandlers): () => void {
  const terminate = async () => exitIn(await shutdown());
  return addSignalListeners({
    SIGHUP: () => void reload().catch(() => {}),
    SIGINT: () => void terminate(),
    SIGTERM: () => void terminate(),
  });
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
  const timer = setTimeout(() => Deno.exit(), seconds * 1000);
  if (seconds > 0) Deno.unrefTimer(timer);
}
