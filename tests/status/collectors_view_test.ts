import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import {
  collectorsView,
  collectorView,
  glyphView,
  runsView,
  summaryView,
  troubleView,
} from "../../status/collectors_view.ts";
import { FAILING, HOSTILE, NOW, statusOf, withTexts, WORKING } from "../support/status_example.ts";

/** The text of HTML. */
function text(html: string): string {
  return html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ").trim();
}

Deno.test("collectorView() shows duration, deadline, cache, series and size", () => {
  assertEquals(
    text(collectorView(WORKING, NOW)),
    "disk works 250 ms of 10 s 12 s of 30 s 1,234 56.8 kB",
  );
});

Deno.test("collectorView() shows the error of a failing collector, and since when it fails", () => {
  assertStringIncludes(
    text(collectorView(FAILING, NOW)),
    "TypeError: no doors for 3 min, last success 3 min ago",
  );
});

Deno.test("collectorView() shows a collector that has not run", () => {
  const idle = { ...WORKING, state: "idle", duration: null, age: null, samples: null, bytes: null };
  const view = collectorView({ ...idle, state: "idle", runs: [] }, NOW);
  assertEquals(text(view), "disk not run yet – empty of 30 s – – none");
});

Deno.test("troubleView() refers to the log if the message is not for everybody", () => {
  const hidden = { ...FAILING, error: { ...FAILING.error!, message: "" } };
  assertStringIncludes(text(troubleView(hidden, NOW)), "TypeError (the message is in the log)");
});

Deno.test("troubleView() tells that a run is late instead of an old error", () => {
  const error = { ...FAILING.error!, time: NOW - 900 };
  const late = { ...FAILING, state: "late", error, lastSuccess: null } as const;
  assertEquals(
    text(troubleView(late, NOW)),
    "Not done at the deadline, after 10 s for 3 min, never succeeded before",
  );
});

Deno.test("runsView() has a bar for each run, with another shape for failures and late ones", () => {
  const late = { time: NOW, duration: 9, result: "late", samples: 0 } as const;
  const view = runsView({ ...FAILING, runs: [...FAILING.runs, late] });
  assertEquals(view.match(/<path/g)?.length, 4);
  assertStringIncludes(view, 'aria-label="Of the last 4 runs, 2 succeeded, 1 failed, 1 late"');
  const shapes = Array.from(view.matchAll(/ d="([^"]+)"/g), ([, path]) => {
    return path!.replaceAll(/\d+(\.\d+)?/g, "");
  });
  assertEquals(new Set(shapes).size, 3);
});

Deno.test("glyphView() has another shape for each state", () => {
  const states = ["ok", "failing", "late", "stale", "running", "idle"];
  assertEquals(new Set(states.map(glyphView)).size, states.length);
});

Deno.test("summaryView() has the state of the worst collector", () => {
  assertMatch(summaryView(statusOf([FAILING, WORKING])), /class="verdict failing"/);
  assertMatch(summaryView(statusOf([WORKING])), /class="verdict ok"/);
  assertMatch(summaryView({ ...statusOf([]), isReady: false }), /class="verdict idle"/);
});

Deno.test("collectorsView() escapes all texts", () => {
  const view = collectorsView(withTexts(statusOf([FAILING, WORKING]), HOSTILE));
  assert(view.includes("&lt;script&gt;"));
  assertFalse(/<(script|img|\/style)/i.test(view));
});

Deno.test("collectorsView() tells that there are none", () => {
  assertEquals(text(collectorsView(statusOf([]))), "There are no collectors.");
});
