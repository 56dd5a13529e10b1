/**
 * Makes patchable pieces by modules that are loaded when something is first compressed, since an exporter starts faster without them.
 *
 * @module
 */

import type { NumberedText } from "./numbered_text.ts";
import type { PatchablePiece } from "./patchable_piece.ts";

let make: ((text: NumberedText) => PatchablePiece | undefined) | undefined;

/** Loads the modules. Await it before making a piece. */
export async function loadPatching(): Promise<void> {
  if (make !== undefined) return;
  const [{ PatchablePiece }, { SharedTables }] = await Promise.all([
    import("./patchable_piece.ts"),
    import("./shared_tables.ts"),
  ]);
  const tables = new SharedTables();
  make = (text) => PatchablePiece.of(text, tables);
}

/** Deflates a text with codes that all pieces share. Returns undefined if it is not suitable, see `PatchablePiece.of()`. */
export function makePatchable(text: NumberedText): PatchablePiece | undefined {
  return make!(text);
}
