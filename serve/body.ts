/**
 * Bodies of responses on their way to clients.
 *
 * @module
 */

/** Where a body is sent. */
export interface BodySink {
  /** Sends bytes. Resolves when more can be sent. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes the connection, so that the client notices that the body is incomplete. */
  destroy(): void;
  /** Calls a function when the connection is closed, by the client or by us. */
  onClose(listener: () => void): void;
}

/**
 * Sends a body at the pace of the client. If it fails or ends early, the connection is closed.
 *
 * @param length The number of bytes, if it is known.
 * @returns Whether all was sent.
 */
export async function sendBody(
  body: ReadableStream<Uint8Array>,
  length: number | undefined,
  sink: BodySink,
): Promise<boolean> {
  let isOpen = true;
  let left = length ?? 0;
  try {
    const reader = body.getReader();
    sink.onClose(() => {
      isOpen = false;
      reader.cancel().catch(() => {});
    });
    // The write that waits for the client does not see that the body has failed.
    reader.closed.catch(() => sink.destroy());
    for (;;) {
      const { value, done } = await reader.read();
      if (!isOpen) return false;
      if (done) break;
      left -= value.length;
      await sink.write(value);
    }
    if (left <= 0) return true;
  } catch {
    // The body has failed or was read before, or the client is gone.
  }
  sink.destroy();
  return false;
}
