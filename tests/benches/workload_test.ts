import { assertEquals } from "@std/assert";
import {
  CHANGES,
  extra,
  makeWorkload,
  RESIZED,
  selected,
  selection,
} from "../../benches/compare/workload.ts";

const W = makeWorkload("counter", 100, 1000);

function take(change: typeof CHANGES[number], n: number): [number, number][] {
  return [...selected(W, selection(W, change, n))];
}

Deno.test("makeWorkload() creates unique names and label sets", () => {
  assertEquals(new Set(W.families.map(({ name }) => name)).size, 100);
  assertEquals(new Set(W.series.map(({ values }) => values.join())).size, 1000);
});

Deno.test("selection() selects the right number of series", () => {
  assertEquals(CHANGES.map((change) => take(change, 7).length), [100_000, 1000, 1000, 0]);
});

Deno.test('selection() selects as many series of every family for "scattered"', () => {
  for (const n of [0, 1, 99, 100]) {
    const counts = new Map<number, number>();
    for (const [f] of take("scattered", n)) counts.set(f, (counts.get(f) ?? 0) + 1);
    assertEquals(counts.size, 100);
    assertEquals(new Set(counts.values()), new Set([10]));
  }
});

Deno.test('selection() covers every series in a hundred changes for "scattered" and "few"', () => {
  for (const change of ["scattered", "few"] as const) {
    const seen = new Set<string>();
    for (let n = 0; n < 100; n++) {
      for (const [f, i] of take(change, n)) seen.add(`${f} ${i}`);
    }
    assertEquals(seen.size, 100_000);
  }
});

Deno.test('extra() gives a tenth of the series of "resized" another length', () => {
  const change = selection(W, RESIZED, 7);
  const series = [...selected(W, change)];
  assertEquals(series.length, 1000);
  assertEquals(series.filter(([, i]) => extra(change, i) === 0.5).length, 100);
  assertEquals(extra(selection(W, "scattered", 7), 0), 0);
});
