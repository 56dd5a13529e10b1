import { assertEquals } from "@std/assert";
import { Row, type Target, type Unit } from "../../benches/compare/row.ts";

function row(ours: readonly number[], theirs: readonly number[], unit: Unit = "ms"): Row {
  const row = new Row({ measure: "render", label: "all", unit });
  for (const value of ours) row.add("exporter", value);
  for (const value of theirs) row.add("client_js", value);
  return row;
}

Deno.test("Row.median() returns the median of the rounds", () => {
  assertEquals(row([1, 9, 2], []).median("exporter"), 2);
  assertEquals(row([1, 9, 2], []).median("client_js"), undefined);
});

Deno.test("Row.ratio() divides the other time by this library's", () => {
  assertEquals(row([2], [10]).ratio("client_js"), 5);
});

Deno.test("Row.ratio() divides this library's rate by the other one", () => {
  assertEquals(row([10], [2], "MB/s").ratio("client_js"), 5);
  assertEquals(row([10], [2], "requests/s").ratio("client_js"), 5);
});

Deno.test("Row.ratio() returns undefined unless both took part", () => {
  assertEquals(row([], [2]).ratio("client_js"), undefined);
  assertEquals(row([2], []).ratio("client_js"), undefined);
});

Deno.test("Row.reaches() returns whether a target is reached", () => {
  const cases: [Target, boolean | undefined][] = [
    [{ than: "client_js", times: 5 }, true],
    [{ than: "client_js", times: 5.1 }, false],
    [{ than: "client_golang", times: 1 }, undefined],
    [{ atMost: 2 }, true],
    [{ atMost: 1.9 }, false],
    [{ atLeast: 2 }, true],
    [{ atLeast: 2.1 }, false],
  ];
  for (const [target, expected] of cases) {
    assertEquals(row([2], [10]).reaches(target), expected, JSON.stringify(target));
  }
  assertEquals(row([], [10]).reaches({ atMost: 2 }), undefined);
});
