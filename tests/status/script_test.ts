import { assert, assertEquals, assertFalse } from "@std/assert";
import { collectorsView } from "../../status/collectors_view.ts";
import { familiesView, findingsView, offendersView } from "../../status/families_view.ts";
import { configurationView, figuresView, runtimeView } from "../../status/facts_view.ts";
import { seriesView } from "../../status/series_view.ts";
import { SCRIPT, VIEWS } from "../../status/script.ts";
import { FAILING, seriesOf, statusOf, WORKING } from "../support/status_example.ts";

/** The functions of the script, without anything that they might use from their modules. */
function viewsAlone(): Record<string, (...args: readonly unknown[]) => string> {
  const names = VIEWS.map(({ name }) => name);
  const create = new Function(`"use strict";${VIEWS.map(String).join("\n")};return {${names}}`);
  return create();
}

const STATUS = statusOf([FAILING, WORKING]);

for (
  const [view, ...args] of [
    [collectorsView, STATUS],
    [familiesView, STATUS, "a", "series"],
    [offendersView, STATUS],
    [findingsView, STATUS],
    [figuresView, STATUS],
    [configurationView, STATUS],
    [runtimeView, STATUS],
    [seriesView, seriesOf(3), "a", { 'a_total{id="0"}': [[0, 1], [5, 2], [10, 4]] }],
  ] as const
) {
  Deno.test(`SCRIPT has ${view.name}() as the server has it, without its module`, () => {
    const make = view as (...args: readonly unknown[]) => string;
    assertEquals(viewsAlone()[view.name]!(...args), make(...args));
  });
}

Deno.test("SCRIPT is a script that can be parsed, and cannot end its element", () => {
  new Function(SCRIPT);
  assertFalse(/<\/script|<!--/i.test(SCRIPT));
  assert(SCRIPT.length < 40_000, `${SCRIPT.length} characters`);
});
