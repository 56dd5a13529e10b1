import { assertEquals } from "@std/assert";
import { BuildBudget } from "../../deflate/build_budget.ts";

Deno.test("BuildBudget.build() makes nothing once the time is used up", () => {
  let now = 1000;
  const budget = new BuildBudget(() => now);
  const make = () => {
    now += 7;
    return now;
  };
  assertEquals([1, 2, 3, 4, 5].map(() => budget.build(make)), [
    1007,
    1014,
    1021,
    undefined,
    undefined,
  ]);
  assertEquals(new BuildBudget(() => now).build(make), 1028);
});
