import { assert, assertEquals } from "@std/assert";
import { findMatches } from "../../deflate/matches.ts";
import type { NumberedText } from "../../deflate/numbered_text.ts";
import { symbolCosts } from "../../deflate/symbol_costs.ts";
import { Dice } from "../support/dice.ts";
import { lines, NumberedModel } from "../support/numbered_model.ts";

interface Match {
  readonly at: number;
  readonly distance: number;
  readonly length: number;
}

/** All matches of a text, in order. */
function matchesOf(text: NumberedText): Match[] {
  const { distances, lengths } = findMatches(text, symbolCosts());
  const found: Match[] = [];
  for (let i = 0, at = 0; i <= text.count; i++) {
    const end = text.places[2 * i] ?? text.length;
    while (at < end) {
      const distance = distances[at]!;
      const length = distance === 0 ? 1 : lengths[at]!;
      if (distance > 0) found.push({ at, distance, length });
      at += length;
    }
    assertEquals(at, end);
    at = text.places[2 * i + 1]!;
  }
  return found;
}

function randomLines(dice: Dice): string[] {
  const letters = 1 + dice.below(4);
  return lines(
    1 + dice.below(100),
    // What is between numbers looks like numbers at the end of lines.
    () => Array.from({ length: dice.below(60) }, () => "1 2\n"[dice.below(letters)]).join(""),
    "# HELP x aaaa\n",
  );
}

Deno.test("findMatches() copies bytes that are equal, and none of a number", () => {
  const dice = new Dice(1);
  for (let round = 0; round < 300; round++) {
    const model = new NumberedModel(
      randomLines(dice),
      () => dice.of([1, 2, 11, 12, 21, 111, 1212]),
    );
    const text = model.numbered();
    const isNumber = new Uint8Array(text.length);
    for (let i = 0; i < text.count; i++) {
      isNumber.fill(1, text.places[2 * i], text.places[2 * i + 1]);
    }
    for (const { at, distance, length } of matchesOf(text)) {
      assert(length >= 3 && length <= 258 && distance <= 30_720 && distance <= at);
      for (let i = at; i < at + length; i++) {
        assertEquals(text.buffer[i], text.buffer[i - distance]);
        assertEquals([isNumber[i], isNumber[i - distance]], [0, 0]);
      }
    }
  }
});

Deno.test("findMatches() copies a line that differs in a digit from the one before", () => {
  const [start, end] = ['\nrequests{route="/api/', '",status="200"} '];
  const model = new NumberedModel([`${start}1${end}`, `${start}2${end}`, `${start}3${end}`, "\n"]);
  const distance = `${start}1${end}7`.length;
  const match = (at: number, length: number) => ({ at, distance, length });
  assertEquals(matchesOf(model.numbered()), [
    match(distance, start.length),
    match(distance + start.length + 1, end.length),
    match(2 * distance, start.length),
    match(2 * distance + start.length + 1, end.length),
  ]);
});

Deno.test("findMatches() finds a source that is not in the line before", () => {
  const label = "once in a while";
  const model = new NumberedModel(lines(9, (i) => `${i % 4 === 0 ? label : `${i}!?`.repeat(5)}`));
  const found = matchesOf(model.numbered()).filter(({ length }) => length >= label.length);
  assertEquals(found.length, 2);
});

Deno.test("findMatches() does not reach back too far", () => {
  const dice = new Dice(2);
  const far = "the same label";
  const noise = String.fromCharCode(...Array.from({ length: 15_000 }, () => 161 + dice.below(5e4)));
  for (
    const between of [[far, noise, far, "\n"], [far + noise, far, "\n"], [far + noise, `${far} 1`]]
  ) {
    const found = matchesOf(new NumberedModel(between).numbered());
    assertEquals(found.filter(({ length }) => length >= far.length - 4), []);
  }
});
