/**
 * From families to an exposition, in the format and the content coding that are asked for.
 *
 * @module
 */

import { breathe, overdue } from "./breath.ts";
import { Exposition } from "./exposition.ts";
import { type DeflatedPiece, deflatePiece, gzipMember } from "./gzip.ts";
import type { Encoding } from "./negotiate.ts";
import type { Family } from "./sample.ts";
import { encodeText, TEXT_CONTENT_TYPE } from "./text.ts";

/** The formats that families can be written in. */
export const FORMATS = ["text"] as const;

/** A format that families can be written in. */
export type Format = (typeof FORMATS)[number];

interface Encoder {
  readonly contentType: string;
  encode(families: Iterable<Family>): Promise<Uint8Array<ArrayBuffer>[]>;
}

const ENCODERS: Readonly<Record<Format, Encoder>> = {
  text: { contentType: TEXT_CONTENT_TYPE, encode: encodeText },
};

/** Writes families in a format. */
export async function encode(families: Iterable<Family>, format: Format): Promise<Exposition> {
  const { contentType, encode } = ENCODERS[format];
  return new Exposition(contentType, "identity", await encode(families));
}

/** Gives an exposition in a content coding. */
export async function compress(exposition: Exposition, encoding: Encoding): Promise<Exposition> {
  if (encoding === "identity") return exposition;
  const pieces: DeflatedPiece[] = [];
  for (const chunk of exposition.chunks) {
    pieces.push(deflatePiece(chunk));
    if (overdue()) await breathe();
  }
  return new Exposition(exposition.contentType, encoding, gzipMember(pieces));
}
