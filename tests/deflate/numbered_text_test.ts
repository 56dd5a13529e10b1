import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import type { NumberedText } from "../../deflate/numbered_text.ts";
import { Dice } from "../support/dice.ts";
import { assertSameText, lines, NumberedModel } from "../support/numbered_model.ts";

function read({ buffer, length }: NumberedText): string {
  return new TextDecoder().decode(buffer.subarray(0, length));
}

function numbersOf({ buffer, count, places }: NumberedText): string[] {
  return Array.from(
    { length: count },
    (_, i) => new TextDecoder().decode(buffer.subarray(places[2 * i], places[2 * i + 1])),
  );
}

const DIGITS = "1234567890";

Deno.test("NumberedText.edit() replaces numbers and moves what is behind them", () => {
  const dice = new Dice(1);
  for (const count of [1, 2, 20, 600]) {
    const model = new NumberedModel(lines(count, (i) => `x{a="${"é".repeat(i % 40)}"}`));
    const text = model.numbered();
    for (let step = 0; step < 500; step++) {
      const every = 1 + dice.below(20);
      const indices = [...model.numbers.keys()].filter(() => dice.below(every) === 0);
      const edits = model.edits(
        new Map(indices.map((i) => {
          const kept = model.numbers[i]!.length;
          return [i, DIGITS.slice(0, dice.below(3) === 0 ? 1 + dice.below(9) : kept)];
        })),
      );
      text.edit(edits);
      assertSameText(read(text), model.text);
      assertEquals(numbersOf(text), model.numbers);
    }
  }
});

Deno.test("NumberedText.edit() writes in place while lengths stay", () => {
  const model = new NumberedModel(lines(3, (i) => `x{a="${i}"}`));
  const text = model.numbered();
  const { buffer } = text;
  text.edit(model.edits(new Map([[0, "5"], [2, "7"]])));
  assertEquals(read(text), 'x{a="0"} 5\nx{a="1"} 1\nx{a="2"} 7\n');
  assertStrictEquals(text.buffer, buffer);
});

Deno.test("NumberedText.moveToCopy() leaves the old buffer as it is", () => {
  const model = new NumberedModel(lines(3, (i) => `x{a="${i}"}`));
  const text = model.numbered();
  const { buffer } = text;
  const copy = buffer.slice();
  text.moveToCopy();
  assertNotStrictEquals(text.buffer, buffer);
  text.edit(model.edits(new Map([[0, "5"], [2, "77"]])));
  assertEquals(buffer, copy);
  assertSameText(read(text), model.text);
});

Deno.test("NumberedText keeps little room in its buffer", () => {
  const model = new NumberedModel(lines(512, (i) => `x{a="${i}"}`));
  const text = model.numbered();
  for (let digits = 1; digits < 10; digits++) {
    text.edit(model.edits(new Map(model.numbers.map((_, i) => [i, DIGITS.slice(0, digits)]))));
    assertSameText(read(text), model.text);
  }
  assert(text.buffer.length < 1.05 * text.length);
});
