import { assertEquals } from "@std/assert";
import { RunHistory, type RunResult } from "../../collect/run_history.ts";
import type { RunnerState } from "../../collect/runner.ts";
import { collectorStatuses, summaryOf } from "../../status/collectors.ts";
import { StoppedDate } from "../support/stopped_date.ts";

const NOW = 1_700_000_000;

interface Case extends Partial<Omit<RunnerState, "history">> {
  readonly results?: readonly RunResult[];
  readonly message?: string;
}

/** The state of a collector whose runs began one second after the other, the last one now. */
function stateOf({ results = [], message = "no disk", ...more }: Case): RunnerState {
  const history = new RunHistory();
  results.forEach((result, i) => {
    const startedAt = (NOW - results.length + 1 + i) * 1000;
    const failure = result === "failed" ? { error: new Error(message) } : undefined;
    history.add({ startedAt, duration: 0.5, result, samples: 7, bytes: 70 }, failure);
  });
  return {
    name: "a",
    ttl: 0,
    timeout: Infinity,
    age: undefined,
    running: undefined,
    ...more,
    history,
  };
}

function statuses(...cases: readonly Case[]) {
  using _date = new StoppedDate(NOW);
  return collectorStatuses(cases.map(stateOf), { timeout: 10, isDetailed: true });
}

for (
  const [what, of, state, since] of [
    ["ok after a success", { results: ["failed", "ok"] }, "ok", null],
    ["failing after failures", { results: ["ok", "failed", "failed"] }, "failing", NOW - 1],
    ["stale if a cache has an older result", { results: ["failed"], age: 3 }, "stale", NOW],
    ["late after a run that was late", { results: ["late"] }, "late", NOW],
    ["idle before the first run", {}, "idle", null],
    [
      "running during the first run",
      { running: { duration: 1, isAbandoned: false } },
      "running",
      null,
    ],
    [
      "late while a run goes on that nobody waits for",
      { results: ["ok"], running: { duration: 25, isAbandoned: true } },
      "late",
      NOW - 25,
    ],
    [
      "ok while another run is under way",
      { results: ["ok"], running: { duration: 1, isAbandoned: false } },
      "ok",
      null,
    ],
  ] as const
) {
  Deno.test(`collectorStatuses() has the state ${what}`, () => {
    const [status] = statuses(of);
    assertEquals([status!.state, status!.since], [state, since]);
  });
}

Deno.test("collectorStatuses() puts problems first, and keeps the order otherwise", () => {
  const all = statuses(
    { name: "good", results: ["ok"] },
    { name: "new" },
    { name: "late", results: ["late"] },
    { name: "fine", results: ["ok"] },
    { name: "bad", results: ["failed"] },
  );
  assertEquals(all.map(({ name }) => name), ["bad", "late", "new", "good", "fine"]);
});

Deno.test("collectorStatuses() has collectors without a name only if they have problems", () => {
  assertEquals(statuses({ name: undefined, results: ["ok"] }), []);
  assertEquals(statuses({ name: undefined, results: ["failed"] }).length, 1);
});

Deno.test("collectorStatuses() has the deadline that comes first", () => {
  assertEquals(statuses({ timeout: 2 })[0]!.deadline, 2);
  assertEquals(statuses({ timeout: 60 })[0]!.deadline, 10);
});

Deno.test("collectorStatuses() has the duration of a run that is not coming to an end", () => {
  const running = { duration: 25, isAbandoned: true };
  assertEquals(statuses({ results: ["ok"], running })[0]!.duration, 25);
});

Deno.test("collectorStatuses() has messages of errors without secrets, and only if asked", () => {
  const message = "refused by http://a:secret@host/";
  const [shown] = statuses({ results: ["failed"], message });
  assertEquals(shown!.error, { time: NOW, kind: "Error", message: "refused by http://…@host/" });
  const options = { timeout: 10, isDetailed: false };
  const [hidden] = collectorStatuses([stateOf({ results: ["failed"], message })], options);
  assertEquals(hidden!.error, { time: NOW, kind: "Error", message: "" });
});

for (
  const [summary, ...cases] of [
    ["There are no collectors"],
    ["The collector works", { results: ["ok"] }],
    ["All 2 collectors work", { name: "a", results: ["ok"] }, { name: "b" }],
    ["1 of 2 collectors fails: a", { name: "a", results: ["failed"] }, { name: "b" }],
    ["1 of 1 collector is late: a", { name: "a", results: ["late"] }],
    [
      "2 of 2 collectors fail or are late: a, b",
      { name: "a", results: ["failed"] },
      { name: "b", results: ["late"] },
    ],
    [
      "4 of 4 collectors fail: a, b, c and 1 more",
      ...["a", "b", "c", "d"].map((name) => ({ name, results: ["failed"] as const })),
    ],
  ] as const
) {
  Deno.test(`summaryOf() says "${summary}"`, () => {
    assertEquals(summaryOf(statuses(...cases as readonly Case[]), true), summary);
  });
}

Deno.test("summaryOf() tells that the exporter is not ready", () => {
  assertEquals(summaryOf([], false), "The exporter is not ready");
});
