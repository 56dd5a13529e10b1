/**
 * Whether the client of a request has gone.
 *
 * @module
 */

/** Aborts a signal when a client disconnects. The signal is created for those who ask for it. */
export class Gone {
  #isGone = false;
  #controller: AbortController | undefined;

  /** Whether the client has disconnected. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Aborts when the client disconnects. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isGone) this.#abort();
    }
    return this.#controller.signal;
  }

  /** Records that the client has disconnected. */
  note(): void {
    this.#isGone = true;
    this.#abort();
  }

  #abort(): void {
    this.#controller?.abort(new DOMException("The client is gone", "AbortError"));
  }
}
