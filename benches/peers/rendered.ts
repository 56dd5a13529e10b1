/**
 * Expositions of libraries as bytes.
 *
 * @module
 */

import type { Rendered } from "./library.ts";

/** Returns the length: of a string in UTF-16 code units, otherwise in bytes. */
export function sizeOf(rendered: Rendered): number {
  return typeof rendered === "string" ? rendered.length : rendered.byteLength;
}

/** Returns the bytes in chunks. Strings are encoded. */
export function piecesOf(rendered: Rendered): readonly Uint8Array<ArrayBuffer>[] {
  if (typeof rendered === "string") return [new TextEncoder().encode(rendered)];
  return rendered instanceof Uint8Array ? [rendered] : rendered.chunks;
}
