/**
 * What libraries render, as bytes.
 *
 * @module
 */

import type { Rendered } from "./library.ts";

/** The length as it is: of a string in UTF-16 code units, else in bytes. */
export function sizeOf(rendered: Rendered): number {
  return typeof rendered === "string" ? rendered.length : rendered.byteLength;
}

/** The bytes in pieces. Only a string has to be encoded for that. */
export function piecesOf(rendered: Rendered): readonly Uint8Array<ArrayBuffer>[] {
  if (typeof rendered === "string") return [new TextEncoder().encode(rendered)];
  return rendered instanceof Uint8Array ? [rendered] : rendered.chunks;
}
