import { assertEquals } from "@std/assert";
import { hasChanged, SeriesChanges, sortByChange } from "../../cli/series_changes.ts";
import { parseExposition } from "../../parse.ts";

/** The changes after each of some texts, which are two seconds apart. */
function changes(...texts: string[]) {
  const all = new SeriesChanges();
  let found: ReturnType<typeof all.next> = [];
  for (const [i, text] of texts.entries()) found = all.next(parseExposition(text), 2 * i);
  return found;
}

function told(...texts: string[]) {
  return changes(...texts).map(({ sample, type: _, ...rest }) => ({
    series: sample.series,
    ...rest,
  }));
}

Deno.test("SeriesChanges.next() knows nothing of the first exposition", () => {
  assertEquals(told("a 1\n"), [{ series: "a", isReset: false, isNew: false }]);
});

Deno.test("SeriesChanges.next() gives rates of what only grows, and differences of the rest", () => {
  const text = (n: number) =>
    `# TYPE c counter
c ${n}
# TYPE g gauge
g ${-n}
# TYPE h histogram
h_bucket{le="+Inf"} ${n}
h_sum ${n}
h_count ${n}
# TYPE s summary
s{quantile="0.5"} ${n}
s_sum ${n}
s_count ${n}
u ${n}
`;
  const rates = told(text(1), text(5)).map(({ series, difference, rate }) => [
    series,
    difference,
    rate,
  ]);
  assertEquals(rates, [
    ["c", 4, 2],
    ["g", -4, undefined],
    ['h_bucket{le="+Inf"}', 4, 2],
    ["h_sum", 4, 2],
    ["h_count", 4, 2],
    ['s{quantile="0.5"}', 4, undefined],
    ["s_sum", 4, 2],
    ["s_count", 4, 2],
    ["u", 4, undefined],
  ]);
});

Deno.test("SeriesChanges.next() takes a counter that became smaller for one that was reset", () => {
  const text = (n: number) => `# TYPE c counter\nc ${n}\n`;
  assertEquals(told(text(100), text(6)), [
    { series: "c", difference: 6, rate: 3, isReset: true, isNew: false },
  ]);
});

Deno.test("SeriesChanges.next() compares with the exposition before only", () => {
  assertEquals(told("a 1\n", "b 1\n", "a 1\nb 1\n"), [
    { series: "a", isReset: false, isNew: true },
    { series: "b", difference: 0, isReset: false, isNew: false },
  ]);
});

Deno.test("values that are not finite and stay are unchanged", () => {
  const text = "a NaN\nb +Inf\n";
  assertEquals(changes(text, text).map(hasChanged), [false, false]);
  assertEquals(changes(text, "a 1\nb 1\n").map(hasChanged), [true, true]);
});

Deno.test("sortByChange() puts those first that changed the most in relation to their values", () => {
  const before = "same 1\nlittle 1000000\nmuch 1\nnan 1\n";
  const after = "same 1\nlittle 1000100\nmuch 1.5\nnan NaN\nnew 1\n";
  assertEquals(sortByChange(changes(before, after)).map(({ sample }) => sample.series), [
    "nan",
    "new",
    "much",
    "little",
    "same",
  ]);
});
