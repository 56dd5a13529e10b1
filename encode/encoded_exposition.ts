/**
 * Expositions made of encoded chunks, some of them leased from what the encoder keeps.
 *
 * @module
 */

import type { Encoding, Exposition, StreamOptions } from "../exposition.ts";
import { join } from "../model/bytes.ts";
import { checkNames } from "../model/options.ts";
import { formatOf } from "./format.ts";

/** Counts the readers of bytes that the encoder wants to reuse. While there are any, the bytes must not change. */
export interface Lease {
  /** How many readers there are. */
  readers: number;
}

/** What an exposition consists of. */
export interface EncodedExpositionInit {
  /** The media type with its parameters. */
  readonly contentType: string;
  /** The content coding. */
  readonly encoding: Encoding;
  /** The bytes in chunks. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** The leases of chunks that change later unless they are leased. */
  readonly leases?: readonly Lease[];
}

const STREAM_OPTIONS: readonly (keyof StreamOptions)[] = ["dispose", "patience"];

/** The size of the portions of a stream, in bytes. */
const PORTION = 1 << 16;

/** An exposition, with the leases of its chunks. */
export class EncodedExposition implements Exposition {
  readonly contentType: string;
  readonly encoding: Encoding;
  readonly byteLength: number;
  #chunks: readonly Uint8Array<ArrayBuffer>[];
  #leases: readonly Lease[];
  /** Whether a caller may still hold the chunks themselves, so that only disposal can end the leases. */
  #areChunksOut = false;
  #isDisposed = false;

  /** Takes over the leases. */
  constructor({ contentType, encoding, chunks, leases = [] }: EncodedExpositionInit) {
    this.contentType = contentType;
    this.encoding = encoding;
    this.#chunks = chunks;
    this.#leases = leases;
    this.byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  }

  /** Whether it was disposed of. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get chunks(): readonly Uint8Array<ArrayBuffer>[] {
    this.#assertNotDisposed();
    this.#areChunksOut = true;
    return this.#chunks;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    this.#assertNotDisposed();
    const bytes = join(this.#chunks, this.byteLength);
    if (this.#leases.length > 0 && !this.#areChunksOut) {
      this.#chunks = [bytes];
      this.#endLeases();
    }
    return bytes;
  }

  text(): string {
    if (this.encoding !== "identity") {
      throw new TypeError(`Cannot read exposition as text: it is encoded with ${this.encoding}`);
    }
    if (formatOf(this.contentType) === "protobuf") {
      throw new TypeError("Cannot read exposition as text: it is protobuf");
    }
    return new TextDecoder().decode(this.bytes());
  }

  stream(options: StreamOptions = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    checkNames("Cannot stream exposition", options, STREAM_OPTIONS);
    const { dispose = false, patience = Infinity } = options;
    // A reader may keep what it got beyond the end of the lease.
    const portions = portionsOf(this.chunks, this.#leases.length > 0);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      if (dispose) this[Symbol.dispose]();
    };
    const wait = (controller: ReadableStreamDefaultController) => {
      if (patience === Infinity) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        end();
        controller.close();
      }, patience * 1000);
    };
    return new ReadableStream({
      pull(controller) {
        const { value, done } = portions.next();
        if (!done) {
          wait(controller);
          return controller.enqueue(value);
        }
        end();
        controller.close();
      },
      cancel: end,
    }, { highWaterMark: 0 });
  }

  /** Creates another exposition of the same chunks, with leases of its own. */
  share(): EncodedExposition {
    this.#assertNotDisposed();
    const { contentType, encoding } = this;
    for (const lease of this.#leases) lease.readers++;
    return new EncodedExposition({
      contentType,
      encoding,
      chunks: this.#chunks,
      leases: this.#leases,
    });
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#endLeases();
  }

  #assertNotDisposed(): void {
    if (this.#isDisposed) throw new TypeError("Cannot read exposition: it was disposed of");
  }

  #endLeases(): void {
    for (const lease of this.#leases) lease.readers--;
    this.#leases = [];
  }
}

/** Yields the chunks as portions of about {@linkcode PORTION} bytes: joining small chunks costs less than passing on each. */
function* portionsOf(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  mustCopy: boolean,
): Generator<Uint8Array<ArrayBuffer>> {
  let portion: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (const chunk of chunks) {
    portion.push(chunk);
    length += chunk.byteLength;
    if (length < PORTION) continue;
    yield portion.length === 1 && !mustCopy ? chunk : join(portion, length);
    portion = [];
    length = 0;
  }
  if (length > 0) yield join(portion, length);
}
