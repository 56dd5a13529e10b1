/**
 * Gzip members of pieces whose numbers were edited, for decoders.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PatchablePiece } from "../../deflate/patchable_piece.ts";
import { SharedTables } from "../../deflate/shared_tables.ts";
import { loadZlib } from "../../deflate/zlib.ts";
import { gzipMember } from "../../encode/gzip.ts";
import { Dice } from "./dice.ts";
import { assertSameText, changesOf, NumberedModel, TEXTS } from "./numbered_model.ts";

/** Gzip members, and their texts. */
export class EditedMembers {
  readonly members: readonly Blob[];
  readonly #texts: readonly string[];

  private constructor(members: readonly Blob[], texts: readonly string[]) {
    this.members = members;
    this.#texts = texts;
  }

  /** Makes pieces of all kinds of texts, and edits them many times. */
  static async make(): Promise<EditedMembers> {
    await loadZlib();
    const dice = new Dice(11);
    const tables = new SharedTables();
    const members: Blob[] = [];
    const texts: string[] = [];
    for (const make of Object.values(TEXTS)) {
      const models = [1, 2].map(() => new NumberedModel(make(dice)));
      const sides = models.map((model) => {
        const text = model.numbered();
        return { model, text, piece: PatchablePiece.of(text, tables)! };
      });
      for (let step = 0; step < 30; step++) {
        for (const side of sides) {
          if (side.piece.edit(side.text, side.model.edits(changesOf(side.model, dice)))) continue;
          side.text = side.model.numbered();
          side.piece = PatchablePiece.of(side.text, tables)!;
        }
        members.push(new Blob(gzipMember(sides.map(({ piece }) => piece.piece()))));
        texts.push(models.map((model) => model.text).join(""));
      }
    }
    return new EditedMembers(members, texts);
  }

  /** Asserts that bytes are all texts, one after another. */
  assertTexts(actual: Uint8Array): void {
    assertSameText(new TextDecoder().decode(actual), this.#texts.join(""));
  }

  /** Returns what a program writes that reads all members, one after another. */
  async pipeThrough(program: string, args: string[]): Promise<Uint8Array> {
    const child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [output] = await Promise.all([
      child.output(),
      new Blob([...this.members]).stream().pipeTo(child.stdin),
    ]);
    assertEquals(new TextDecoder().decode(output.stderr), "");
    assertEquals(output.code, 0);
    return output.stdout;
  }
}
