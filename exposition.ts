/**
 * What one scrape gives: bytes with their content type.
 *
 * @module
 */

import { formatOf } from "./format.ts";
import type { Encoding } from "./negotiate.ts";

/** The content of one response to a scrape. It does not change afterwards. */
export class Exposition {
  /** The media type, with version and character set. */
  readonly contentType: string;
  /** How the bytes are encoded, as `Content-Encoding` names it. */
  readonly encoding: Encoding;
  /** How many bytes there are. */
  readonly byteLength: number;
  /** The bytes in pieces, which must not be written to. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];

  /** Makes an exposition of encoded pieces. */
  constructor(
    contentType: string,
    encoding: Encoding,
    chunks: readonly Uint8Array<ArrayBuffer>[],
  ) {
    this.contentType = contentType;
    this.encoding = encoding;
    this.chunks = chunks;
    this.byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  }

  /** All bytes, copied together. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.byteLength);
    let offset = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return bytes;
  }

  /**
   * The text.
   *
   * @throws {TypeError} If the bytes are compressed, or the format is not one of text.
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

  /** The bytes, piece by piece as the reader takes them. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const chunks = this.chunks.values();
    return new ReadableStream({
      pull(controller) {
        const { value, done } = chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    }, { highWaterMark: 0 });
  }
}
