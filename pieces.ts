/**
 * Text that is written as bytes in pieces of about 64 KiB.
 *
 * @module
 */

const PIECE = 1 << 16;

/** Takes in text, and gives it as UTF-8 in pieces that end where something that was taken in ends. */
export class Pieces {
  readonly #encoder = new TextEncoder();
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  #text = "";

  /** Adds text. Tells whether a piece is complete with it, so that this is the time to let others run. */
  add(text: string): boolean {
    this.#text += text;
    if (this.#text.length < PIECE) return false;
    this.#cut();
    return true;
  }

  /** Gives all pieces. Nothing can be added any more. */
  end(): Uint8Array<ArrayBuffer>[] {
    if (this.#text !== "") this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    this.#pieces.push(this.#encoder.encode(this.#text));
    this.#text = "";
  }
}
