/**
 * Texts with numbers, and how they change.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { NumberEdits, NumberedText } from "../../deflate/numbered_text.ts";
import { formatValue } from "../../model/numbers.ts";
import type { Dice } from "./dice.ts";

const encoder = new TextEncoder();

/** A text between numbers, and the numbers themselves; the last text follows the last number. */
export class NumberedModel {
  readonly between: readonly string[];
  readonly numbers: string[];

  constructor(between: readonly string[], value: (i: number) => number = (i) => i) {
    this.between = between;
    this.numbers = between.slice(1).map((_, i) => formatValue(value(i)));
  }

  get text(): string {
    return this.between.map((text, i) => text + (this.numbers[i] ?? "")).join("");
  }

  numbered(): NumberedText {
    const places = new Int32Array(2 * this.numbers.length);
    let at = 0;
    for (const [i, number] of this.numbers.entries()) {
      places[2 * i] = at += encoder.encode(this.between[i]!).length;
      places[2 * i + 1] = at += encoder.encode(number).length;
    }
    return new NumberedText(encoder.encode(this.text), places);
  }

  /** Replaces numbers, and returns how to do the same elsewhere. */
  edits(changes: ReadonlyMap<number, string>): NumberEdits {
    const edits = new NumberEdits();
    const numbers = [...changes.keys()].sort((a, b) => a - b);
    edits.bytes = encoder.encode(numbers.map((i) => changes.get(i)).join(""));
    let end = 0;
    for (const i of numbers) {
      this.numbers[i] = changes.get(i)!;
      edits.add(i, end += encoder.encode(this.numbers[i]).length);
    }
    return edits;
  }
}

/** Lines with a value each, that begin with what `series` returns. */
export function lines(count: number, series: (i: number) => string, header = ""): string[] {
  const between = Array.from({ length: count }, (_, i) => `${i > 0 ? "\n" : header}${series(i)} `);
  return [...between, "\n"];
}

const COUNTERS = lines(
  512,
  (i) => `app_requests_3_total{method="GET",route="/api/v1/resource/${i}",status="200"}`,
  "# HELP app_requests_3_total Requests.\n# TYPE app_requests_3_total counter\n",
);

function histogramLines(count: number): string[] {
  const bounds = ["0.005", "0.01", "0.1", "1", "10", "+Inf"];
  return lines(8 * count, (i) => {
    const [route, part] = [Math.floor(i / 8), i % 8];
    if (part === 6) return `took_seconds_sum{route="/a/${route}"}`;
    if (part === 7) return `took_seconds_count{route="/a/${route}"}`;
    return `took_seconds_bucket{route="/a/${route}",le="${bounds[part]}"}`;
  });
}

const RANDOM_BASE36 = (dice: Dice, length: number) =>
  Array.from({ length }, () => dice.below(36).toString(36)).join("");

/** Texts in which numbers change. */
export const TEXTS: Record<string, (dice: Dice) => readonly string[]> = {
  "one line": () => lines(1, () => 'x{a="é"}', "# HELP x Ünïcode ✓.\n"),
  "two lines": () => lines(2, (i) => `x{a="${i}"}`),
  "counters": () => COUNTERS,
  "histograms": () => histogramLines(60),
  "UTF-8": () =>
    lines(300, (i) => `größe{名前="値-${i}-🎈${i % 13}",x="\\"é\\\\${i * i}"}`, "# HELP größe Ω\n"),
  "names and values at random": (dice) =>
    lines(200, () => `x{a="${RANDOM_BASE36(dice, dice.below(200))}"}`),
  "long labels": (dice) =>
    lines(60, (i) => `x{a="${"long ".repeat(i % 7 * 40)}${i}",b="${RANDOM_BASE36(dice, 90)}"}`),
  "labels longer than a match": (dice) => {
    const label = RANDOM_BASE36(dice, 900);
    return lines(20, (i) => `x{a="${label}",i="${i}"}`);
  },
  "no text between numbers": () => ["", "", "a", "", "\n"],
};

const SPECIAL = [NaN, Infinity, -Infinity, 1e21, -1, -0.5, 0, 1, 1e-7, 1.7976931348623157e308];

/** A value that has, beside others, NaN, infinities, exponents, and up to 24 characters. */
function anyValue(dice: Dice): string {
  switch (dice.below(5)) {
    case 0:
      return formatValue(dice.of(SPECIAL));
    case 1:
      return String(dice.below(10 ** dice.below(10)));
    case 2:
      return String(-dice.below(1e9) / 997);
    case 3:
      return String(dice.below(2 ** 32) / 2 ** dice.below(60));
    default:
      return String(dice.below(1000) / 4);
  }
}

/** Some numbers changed in one of many ways. */
export function changesOf(model: NumberedModel, dice: Dice): Map<number, string> {
  const { numbers } = model;
  const indices = dice.of([
    () => [],
    () => [dice.below(numbers.length)],
    () => [...numbers.keys()].filter(() => dice.below(100) === 0),
    () => [...numbers.keys()].filter(() => dice.below(4) === 0),
    () => [...numbers.keys()],
  ])();
  const change = dice.of([
    // The same length.
    (old: string) => old.replaceAll(/\d/g, () => String(1 + dice.below(9))),
    // The same bits, most of them.
    (old: string) => [...old].reverse().join(""),
    // The next number.
    (old: string) => /^\d+$/.test(old) ? String((Number(old) + 1) % 1e15) : "7",
    // Growth.
    (old: string) => old.length < 20 && /^\d+$/.test(old) ? `${old}0` : "9",
    () => anyValue(dice),
    (old: string) => dice.below(10) === 0 ? anyValue(dice) : old,
  ]);
  return new Map(indices.map((i) => [i, change(numbers[i]!)]));
}

/** Asserts that two texts are equal. In contrast to a diff, it takes no time for long ones. */
export function assertSameText(actual: string, expected: string): void {
  if (actual === expected) return;
  let at = 0;
  while (actual[at] === expected[at]) at++;
  assertEquals(actual.slice(at, at + 40), expected.slice(at, at + 40), `at ${at}`);
}
