import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { crc32, inflateRawSync } from "node:zlib";
import { MAX_TEXT, PatchablePiece } from "../../deflate/patchable_piece.ts";
import { SharedTables } from "../../deflate/shared_tables.ts";
import { type DeflatedPiece, deflatePiece, loadZlib } from "../../deflate/zlib.ts";
import { Dice } from "../support/dice.ts";
import {
  assertSameText,
  changesOf,
  lines,
  NumberedModel,
  TEXTS,
} from "../support/numbered_model.ts";

await loadZlib();

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Asserts that a piece is that of a text, and ends at a byte boundary. */
function assertPieceOf(text: string, { bytes, crc, length }: DeflatedPiece): void {
  const plain = encoder.encode(text);
  const stream = new Uint8Array(bytes.length + 2);
  stream.set(bytes);
  stream[bytes.length] = 3; // An empty last block.
  const inflated = inflateRawSync(stream);
  assertSameText(decoder.decode(inflated), text);
  assertEquals({ crc, length }, { crc: crc32(plain), length: plain.length });
  assertEquals([...bytes.subarray(-5)].slice(1), [0, 0, 0xff, 0xff]);
}

/** A table for the text of a model, and its piece. */
function build(model: NumberedModel) {
  const text = model.numbered();
  const tables = new SharedTables();
  return { text, tables, piece: PatchablePiece.of(text, tables)! };
}

const STEPS = 1_300;

for (const [name, between] of Object.entries(TEXTS)) {
  Deno.test(`PatchablePiece.edit() equals what it deflates: ${name}`, () => {
    const dice = new Dice(name.length);
    const tables = new SharedTables();
    const model = new NumberedModel(between(dice), (i) => i * i);
    let text = model.numbered();
    let piece = PatchablePiece.of(text, tables)!;
    let builds = 1;
    assertPieceOf(model.text, piece.piece());
    for (let step = 0; step < STEPS; step++) {
      const leased = dice.below(3) === 0 ? piece.piece() : undefined;
      const copy = leased?.bytes.slice();
      if (leased) piece.moveToCopy();
      const edits = model.edits(changesOf(model, dice));
      const isUsable = piece.edit(text, edits);
      assertSameText(decoder.decode(text.buffer.subarray(0, text.length)), model.text);
      if (leased) assertEquals(leased.bytes, copy);
      if (!isUsable) {
        text = model.numbered();
        piece = PatchablePiece.of(text, tables)!;
        builds++;
      }
      assertPieceOf(model.text, piece.piece());
    }
    assert(builds < STEPS / 100, `${builds} builds`);
  });
}

Deno.test("PatchablePiece.edit() patches digits in place", () => {
  const model = new NumberedModel(TEXTS["counters"]!(new Dice(1)), (i) => 1000 + i);
  const { text, piece } = build(model);
  const before = piece.piece().bytes.slice();
  assert(piece.edit(text, model.edits(new Map([[3, "7777"], [500, "9999"]]))));
  const { bytes } = piece.piece();
  assertPieceOf(model.text, piece.piece());
  assertEquals(bytes.length, before.length);
  const changed = bytes.filter((byte, i) => byte !== before[i]).length;
  assert(changed > 0 && changed <= 6, `${changed} bytes changed`);
});

Deno.test("PatchablePiece.edit() corrects only distances that reach across a longer number", () => {
  const model = new NumberedModel(TEXTS["counters"]!(new Dice(1)), (i) => 1000 + i);
  const { text, piece } = build(model);
  const before = piece.piece().bytes.slice();
  assert(piece.edit(text, model.edits(new Map([[255, "10000"]]))));
  assertPieceOf(model.text, piece.piece());
  const { bytes } = piece.piece();
  const first = bytes.findIndex((byte, i) => byte !== before[i]);
  assert(first > before.length / 3, "nothing before the number changed");
  assert(bytes.length - before.length <= 2);
});

Deno.test("PatchablePiece.edit() gives up if a distance becomes too large", () => {
  const dice = new Dice(2);
  const label = "the only label that occurs twice";
  const between = [label, ...lines(300, () => String(dice.below(2 ** 32)).repeat(9)), label, "\n"];
  const model = new NumberedModel(between, () => 0);
  const { text, tables, piece } = build(model);
  assertPieceOf(model.text, piece.piece());
  let steps = 0;
  const grow = () => model.edits(new Map(model.numbers.map((old, i) => [i, `${old}1`])));
  while (piece.edit(text, grow())) {
    assertPieceOf(model.text, piece.piece());
    steps++;
  }
  assert(steps > 1 && text.length > 32_000, `${steps} steps, ${text.length} bytes`);
  assertSameText(decoder.decode(text.buffer.subarray(0, text.length)), model.text);
  assertPieceOf(model.text, PatchablePiece.of(text, tables)!.piece());
});

Deno.test("PatchablePiece.edit() gives up if a byte has no code", () => {
  for (const value of ["0x", "x"]) {
    const model = new NumberedModel(
      TEXTS["two lines"]!(new Dice(1)).map((text) => text.replace("x", "y")),
    );
    const { text, piece } = build(model);
    assertEquals(piece.edit(text, model.edits(new Map([[0, value]]))), false);
    assertSameText(decoder.decode(text.buffer.subarray(0, text.length)), model.text);
  }
});

Deno.test("PatchablePiece.of() rejects texts that are too long, and numbers too far apart", () => {
  const tables = new SharedTables();
  const dice = new Dice(3);
  const noise = (length: number) =>
    String.fromCharCode(...Array.from({ length }, () => 161 + dice.below(5e4)));
  const long = new NumberedModel(lines(3, () => "x".repeat(MAX_TEXT / 3))).numbered();
  assertEquals(PatchablePiece.of(long, tables), undefined);
  assert(PatchablePiece.of(new NumberedModel(lines(2, () => noise(50))).numbered(), tables));
  const start = "a source that is long enough";
  const apart = new NumberedModel([start, `${start}${noise(8000)}`, "\n"]).numbered();
  assertEquals(PatchablePiece.of(apart, tables), undefined);
});

Deno.test("PatchablePiece.piece() is the same object until the next edit", () => {
  const model = new NumberedModel(TEXTS["two lines"]!(new Dice(1)));
  const { text, piece } = build(model);
  const first = piece.piece();
  assertStrictEquals(piece.piece(), first);
  piece.edit(text, model.edits(new Map()));
  assertStrictEquals(piece.piece(), first);
  piece.edit(text, model.edits(new Map([[0, "5"]])));
  assertNotStrictEquals(piece.piece(), first);
  assertStrictEquals(piece.piece().bytes.buffer, first.bytes.buffer);
});

Deno.test("PatchablePiece is smaller than what zlib makes at its fastest level", () => {
  for (const name of ["counters", "histograms"]) {
    const { text, piece } = build(
      new NumberedModel(TEXTS[name]!(new Dice(1)), (i) => 1000 + i * i),
    );
    const fastest = deflatePiece(text.buffer.subarray(0, text.length), 1).bytes.length;
    const smallest = deflatePiece(text.buffer.subarray(0, text.length), 6).bytes.length;
    const { length } = piece.piece().bytes;
    assert(length < 0.7 * fastest, `${length / fastest}`);
    assert(length < 1.05 * smallest, `${length / smallest}`);
  }
});

Deno.test("PatchablePiece.keptBytes is less than 45 bytes a line", () => {
  for (const name of ["counters", "histograms", "UTF-8"]) {
    const { text, tables, piece } = build(
      new NumberedModel(TEXTS[name]!(new Dice(1)), (i) => i * i),
    );
    assert(piece.keptBytes > tables.latest!.byteLength);
    const again = PatchablePiece.of(text, tables)!;
    assert(again.keptBytes < 45 * text.count, `${again.keptBytes / text.count} bytes a line`);
  }
});
