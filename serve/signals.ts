/**
 * Signals of the operating system.
 *
 * @module
 */

/** Listens for signals, those that the system has, and returns a function that ceases to. */
export function addSignalListeners(
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
