import { assertEquals } from "@std/assert";
import { type Allowance, differences } from "../../benches/compare/equality.ts";
import { readSnapshot } from "../../benches/compare/snapshot.ts";

const EXPECTED = readSnapshot('# TYPE jobs counter\njobs{a="1"} 1\njobs{a="2"} NaN\n', "");

function differencesTo(text: string, allowance?: Allowance): string[] {
  return differences(EXPECTED, readSnapshot(text, ""), allowance);
}

Deno.test("differences() ignores the order of series", () => {
  assertEquals(differencesTo('# TYPE jobs counter\njobs{a="2"} NaN\njobs{a="1"} 1.0\n'), []);
});

Deno.test("differences() reports different values, missing series and unexpected series", () => {
  assertEquals(differencesTo('# TYPE jobs counter\njobs{a="1"} 2\njobs{a="3"} 4\n'), [
    "jobs a=1 is 2, not 1",
    "jobs a=2 is missing",
    "jobs a=3 is 4, but should not be there",
  ]);
});

Deno.test("differences() reports a different type", () => {
  assertEquals(differencesTo('# TYPE jobs gauge\njobs{a="1"} 1\njobs{a="2"} NaN\n'), [
    "# TYPE jobs is gauge, not counter",
  ]);
});

Deno.test("differences() ignores the named families of a library", () => {
  const text = `# TYPE jobs counter
jobs{a="1"} 1
jobs{a="2"} NaN
# TYPE own_total counter
own_total{a="1"} 1
`;
  assertEquals(differencesTo(text, { ownFamilies: ["own_total"] }), []);
  assertEquals(differencesTo(text, { ownFamilies: ["jobs"] }).length, 2);
});

Deno.test("differences() expects no types of a library that writes none, but the same values", () => {
  const untyped = 'jobs{a="1"} 1\njobs{a="2"} NaN\n';
  assertEquals(differencesTo(untyped), ["# TYPE jobs is untyped, not counter"]);
  assertEquals(differencesTo(untyped, { isUntyped: true }), []);
  assertEquals(differencesTo('jobs{a="1"} 2\njobs{a="2"} NaN\n', { isUntyped: true }), [
    "jobs a=1 is 2, not 1",
  ]);
  assertEquals(differencesTo(`# TYPE jobs counter\n${untyped}`, { isUntyped: true }), [
    "# TYPE jobs is counter, not untyped",
  ]);
});

Deno.test("differences() reports only the first few differences", () => {
  const text = Array.from({ length: 100 }, (_, i) => `more_${i} 1\n`).join("");
  assertEquals(differencesTo(text).length, 5);
});
