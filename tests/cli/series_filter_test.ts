import { assertEquals, assertThrows } from "@std/assert";
import { seriesFilter } from "../../cli/series_filter.ts";
import { parseExposition } from "../../parse.ts";

const SAMPLES = parseExposition(`a_total{method="GET",path="/x"} 1
a_total{method="PUT",path="/x/y"} 1
b{path="a=b"} 1
c 1
`).flatMap(({ samples }) => samples);

for (
  const [name, labels, expected] of [
    [undefined, [], [0, 1, 2, 3]],
    ["total", [], [0, 1]],
    ["^[bc]$", [], [2, 3]],
    [undefined, ["method=GET"], [0]],
    [undefined, ["method!=GET"], [1, 2, 3]],
    [undefined, ["path=~/x"], [0]],
    [undefined, ["path=~/x.*"], [0, 1]],
    [undefined, ["path!~/x.*"], [2, 3]],
    [undefined, ["path=a=b"], [2]],
    [undefined, ["method="], [2, 3]],
    ["a", ["method=~GET|PUT", "path!=/x"], [1]],
  ] as [string | undefined, string[], number[]][]
) {
  Deno.test(`seriesFilter() selects by ${JSON.stringify([name, labels])}`, () => {
    const filter = seriesFilter(name, labels);
    assertEquals(SAMPLES.flatMap((sample, i) => filter(sample) ? [i] : []), expected);
  });
}

for (
  const [name, labels, message] of [
    ["(", [], 'Cannot use pattern "(": '],
    [undefined, ["a=~["], 'Cannot use pattern "a=~[": '],
    [undefined, ["a"], 'Cannot use matcher "a": expected a label, =, !=, =~ or !~, and a value'],
    [undefined, ["=a"], 'Cannot use matcher "=a": '],
  ] as [string | undefined, string[], string][]
) {
  Deno.test(`seriesFilter() rejects ${JSON.stringify([name, labels])}`, () => {
    assertThrows(() => seriesFilter(name, labels), SyntaxError, message);
  });
}
