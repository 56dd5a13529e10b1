/**
 * Listeners for the signals of the operating system.
 *
 * @module
 */

/** Listens for signals, ignoring those that the platform does not support, and returns a function that removes the listeners. */
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
