import { assert, assertEquals } from "@std/assert";
import { SeriesIndex } from "../../collect/series_index.ts";
import { Sample } from "../../model/sample.ts";

function sample(...labels: string[]): Sample {
  return new Sample("x", labels, 1);
}

Deno.test("SeriesIndex.add() returns whether a series is new", () => {
  const index = new SeriesIndex();
  const samples = [
    sample("a", "1"),
    sample("a", "2"),
    sample("b", "1"),
    sample(),
    sample("a", "1", "b", "2"),
  ];
  assertEquals(samples.map((sample) => index.add(sample)), samples.map(() => true));
  assertEquals(samples.map((sample) => index.add(sample)), samples.map(() => false));
});

for (const mixed of [false, true]) {
  Deno.test(`SeriesIndex.add() is quick with long label values of equal length${mixed ? " and different names" : ""}`, () => {
    const index = new SeriesIndex();
    if (mixed) {
      index.add(sample("b", "1"));
    }
    const values = Array.from({ length: 2000 }, (_, i) => `${i}`.padStart(16_400, "x"));
    const before = performance.now();
    assertEquals(values.filter((value) => !index.add(sample("a", value))), []);
    assertEquals(values.filter((value) => index.add(sample("a", value))), []);
    const seconds = (performance.now() - before) / 1000;
    assert(seconds < 2, `took ${seconds} s`);
  });
}
