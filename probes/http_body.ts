/**
 * Bodies of responses: counted, decompressed if wanted, and kept only if they are to be matched.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflateRaw } from "node:zlib";
import type { HttpProbeOptions } from "./http_options.ts";

/** How to read a body. */
export interface BodyOptions {
  /** The coding to decompress. */
  readonly compression: HttpProbeOptions["compression"];
  /** The maximum number of bytes. */
  readonly limit: number;
  /** Whether to return the text. */
  readonly isKept: boolean;
  /** Ends reading. */
  readonly signal: AbortSignal;
}

/** A body. */
export interface Body {
  /** The number of bytes that were read. */
  readonly length: number;
  /** The text; empty if it was not kept. */
  readonly text: string;
  /** Why it is not complete, if so. */
  readonly problem: unknown;
}

/** Reads a body to its end or its limit. Never rejects. */
export async function readBody(response: IncomingMessage, options: BodyOptions): Promise<Body> {
  const { limit, isKept, signal } = options;
  const chunks: Uint8Array[] = [];
  let length = 0;
  let problem: unknown;
  try {
    for await (const chunk of decompressed(response, options.compression)) {
      length += chunk.length;
      if (length > limit) throw new Error(`the body is larger than ${limit} bytes`);
      if (isKept) chunks.push(chunk);
    }
  } catch (error) {
    problem = (signal.aborted ? signal.reason : error) ?? new Error("the body cannot be read");
  }
  return { length, text: isKept ? await new Blob(chunks as BlobPart[]).text() : "", problem };
}

function decompressed(
  response: IncomingMessage,
  compression: BodyOptions["compression"],
): AsyncIterable<Uint8Array> {
  const decoder = decoderOf(compression);
  if (decoder === undefined) return response;
  // Errors of either stream are thrown by the loop that reads the last one.
  return pipeline(response, decoder, () => {}) as Readable;
}

function decoderOf(compression: BodyOptions["compression"]) {
  switch (compression) {
    case "gzip":
      return createGunzip();
    case "br":
      return createBrotliDecompress();
    case "deflate":
      return createInflateRaw();
    default:
      return undefined;
  }
}
