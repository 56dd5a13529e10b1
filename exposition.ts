/**
 * What one scrape gives: bytes with their content type.
 *
 * @module
 */

import { join } from "./bytes.ts";
import { formatOf } from "./format.ts";
import type { Loan } from "./kept_lines.ts";
import type { Encoding } from "./negotiate.ts";

/** What an exposition consists of. */
export interface ExpositionInit {
  /** The media type, with version and character set. */
  readonly contentType: string;
  /** How the bytes are encoded. */
  readonly encoding: Encoding;
  /** The bytes in pieces. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** What is to be given back when nobody needs the bytes any more. */
  readonly loans?: readonly Loan[];
}

/** Options of {@linkcode Exposition.stream}. */
export interface StreamOptions {
  /**
   * Whether to dispose of the exposition when all was read, or when nobody wants the rest.
   *
   * @default {false}
   */
  dispose?: boolean;
  /**
   * Seconds after which the stream ends early if nobody reads on.
   *
   * @default {Infinity}
   */
  patience?: number;
}

/** How many bytes a stream gives at a time, if it has them. */
const STREAMED = 1 << 16;

/**
 * The content of one response to a scrape. It does not change, whatever becomes of the metrics.
 *
 * Its pieces may be shared with other expositions of the same registry. Whoever disposes of it when it is no longer needed
 * (`using exposition = await registry.expose()`) lets the registry write what has changed into the same bytes again,
 * which is several times as fast as copying them first.
 */
export class Exposition implements Disposable {
  /** The media type, with version and character set. */
  readonly contentType: string;
  /** How the bytes are encoded, as `Content-Encoding` names it. */
  readonly encoding: Encoding;
  /** How many bytes there are. */
  readonly byteLength: number;
  readonly #chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly #loans: readonly Loan[];
  #isDisposed = false;

  /** Makes an exposition of encoded pieces. */
  constructor({ contentType, encoding, chunks, loans = [] }: ExpositionInit) {
    this.contentType = contentType;
    this.encoding = encoding;
    this.#chunks = chunks;
    this.#loans = loans;
    this.byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  }

  /**
   * The bytes in pieces, which must not be written to.
   *
   * @throws {TypeError} If it was disposed of.
   */
  get chunks(): readonly Uint8Array<ArrayBuffer>[] {
    if (!this.#isDisposed) return this.#chunks;
    throw new TypeError("Cannot read exposition: it was disposed of");
  }

  /** Whether it was disposed of. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /**
   * All bytes, copied together.
   *
   * @throws {TypeError} If it was disposed of.
   */
  bytes(): Uint8Array<ArrayBuffer> {
    return join(this.chunks, this.byteLength);
  }

  /**
   * The text.
   *
   * @throws {TypeError} If the bytes are compressed, the format is not one of text, or it was disposed of.
   */
  text(): string {
    if (this.encoding !== "identity") {
      throw new TypeError(`Cannot read exposition as text: it is encoded with ${this.encoding}`);
    }
    if (formatOf(this.contentType) === "protobuf") {
      throw new TypeError("Cannot read exposition as text: it is protobuf");
    }
    return new TextDecoder().decode(this.bytes());
  }

  /**
   * The bytes as the reader takes them, some 64 KiB at a time.
   *
   * @throws {TypeError} If it was disposed of.
   */
  stream(options: StreamOptions = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { dispose = false, patience = Infinity } = options;
    // A reader may hold on to what it got beyond the end of the stream, when bytes on loan have been given back.
    const portions = portionsOf(this.chunks, this.#loans.length > 0);
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

  /** The same bytes for another reader, who disposes of them on their own. */
  share(): Exposition {
    const { contentType, encoding, chunks } = this;
    for (const loan of this.#loans) loan.readers++;
    return new Exposition({ contentType, encoding, chunks, loans: this.#loans });
  }

  /** Gives the bytes back. They must not be read any more. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const loan of this.#loans) loan.readers--;
  }
}

/** Small pieces are copied together, which costs less than handing out each of them. */
function* portionsOf(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  mustCopy: boolean,
): Generator<Uint8Array<ArrayBuffer>> {
  let portion: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (const chunk of chunks) {
    portion.push(chunk);
    length += chunk.byteLength;
    if (length < STREAMED) continue;
    yield portion.length === 1 && !mustCopy ? chunk : join(portion, length);
    portion = [];
    length = 0;
  }
  if (length > 0) yield join(portion, length);
}
