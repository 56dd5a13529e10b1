import { assertEquals, assertStringIncludes } from "@std/assert";
import { SeriesChanges } from "../../cli/series_changes.ts";
import { formatJson, formatRows, HEADING } from "../../cli/series_table.ts";
import { parseExposition } from "../../parse.ts";

function changes(...texts: string[]) {
  const all = new SeriesChanges();
  let found: ReturnType<typeof all.next> = [];
  for (const [i, text] of texts.entries()) found = all.next(parseExposition(text), 10 * i);
  return found;
}

const BEFORE = "# TYPE c counter\nc 1\n# TYPE r counter\nr 9\ng 0.1\ns 5\n";
const AFTER =
  '# TYPE c counter\nc 4\n# TYPE r counter\nr 2\ng 0.038883132000000785\ns 5\nn{a="b"} NaN\n';

Deno.test("formatRows() aligns values, changes and series", () => {
  assertEquals([HEADING, ...formatRows(changes(BEFORE, AFTER), { hasColors: false })], [
    "           VALUE          CHANGE  SERIES",
    "               4           0.3/s  c",
    "               2     reset 0.2/s  r",
    "     0.038883132        -0.06112  g",
    "               5                  s",
    '             NaN             new  n{a="b"}',
  ]);
});

Deno.test("formatRows() cuts lines off, and colors only what changed", () => {
  const [first, , , same] = formatRows(changes(BEFORE, AFTER), { columns: 34, hasColors: true });
  assertEquals(same, "               5                  s".slice(0, 33) + "…");
  // deno-lint-ignore no-control-regex -- colors are control characters
  assertEquals(first!.replaceAll(/\x1b\[\d+m/g, ""), "               4           0.3/s …");
  assertEquals(first!.includes("\x1b["), true);
  assertEquals(same!.includes("\x1b["), false);
});

Deno.test("formatRows() lets no control character through", () => {
  const [row] = formatRows(changes('a{b="\x1b[31m\x07\x9b"} 1\n'), { hasColors: false });
  assertStringIncludes(row!, 'a{b="\ufffd[31m\ufffd\ufffd"}');
});

Deno.test("formatJson() writes an array that says the same", () => {
  assertEquals(JSON.parse(formatJson(changes(BEFORE, AFTER))), [
    { name: "c", labels: {}, type: "counter", value: 4, difference: 3, rate: 0.3 },
    { name: "r", labels: {}, type: "counter", value: 2, difference: 2, rate: 0.2, reset: true },
    {
      name: "g",
      labels: {},
      type: "untyped",
      value: 0.038883132000000785,
      difference: -0.06111686799999922,
    },
    { name: "s", labels: {}, type: "untyped", value: 5, difference: 0 },
    { name: "n", labels: { a: "b" }, type: "untyped", value: "NaN" },
  ]);
  assertEquals(formatJson([]), "[]");
});
