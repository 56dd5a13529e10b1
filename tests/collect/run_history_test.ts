import { assert, assertEquals } from "@std/assert";
import { errorText, KEPT_RUNS, RunHistory, type RunResult } from "../../collect/run_history.ts";

function run(startedAt: number, result: RunResult = "ok") {
  return { startedAt, duration: 0.1, result, samples: 3, bytes: 60 };
}

Deno.test("RunHistory keeps the last runs, and counts all", () => {
  const history = new RunHistory();
  for (let i = 0; i < KEPT_RUNS + 5; i++) history.add(run(i));
  assertEquals(history.runs.length, KEPT_RUNS);
  assertEquals(history.runs.map(({ startedAt }) => startedAt).at(0), 5);
  assertEquals(history.total, KEPT_RUNS + 5);
});

Deno.test("RunHistory tells since when runs fail, and when the last one succeeded", () => {
  const history = new RunHistory();
  assertEquals([history.failingSince, history.lastSuccess], [undefined, undefined]);
  history.add(run(1));
  history.add(run(2, "failed"), { error: new Error("a") });
  history.add(run(3, "late"), { error: new Error("b") });
  assertEquals([history.failingSince, history.lastSuccess], [2, 1]);
  history.add(run(4));
  assertEquals([history.failingSince, history.lastSuccess], [undefined, 4]);
});

Deno.test("RunHistory keeps the last error after a success", () => {
  const history = new RunHistory();
  history.add(run(1, "failed"), { error: new TypeError("no disk") });
  history.add(run(2));
  assertEquals(history.lastError, { at: 1, kind: "TypeError", message: "no disk" });
});

for (
  const [error, kind, message] of [
    [new RangeError("a", { cause: new Error("b") }), "RangeError", "a: b"],
    [new Error("a", { cause: "b" }), "Error", "a: b"],
    ["text", "string", "text"],
    [undefined, "undefined", "undefined"],
    [null, "null", ""],
    [{ secret: 1 }, "object", ""],
    [
      {
        get name() {
          throw new Error();
        },
      },
      "object",
      "",
    ],
  ] as const
) {
  Deno.test(`errorText() gives ${kind} and "${message}"`, () => {
    assertEquals(errorText(error), { kind, message });
  });
}

Deno.test("errorText() limits the length, and the number of causes", () => {
  const error = new Error("x".repeat(5000));
  assertEquals(errorText(error).message.length, 1001);
  const endless = new Error("a");
  endless.cause = endless;
  assertEquals(errorText(endless).message, "a: a: a: a");
});

Deno.test("errorText() never throws", () => {
  const hostile = new Error("a");
  Object.defineProperty(hostile, "message", {
    get: () => {
      throw new Error("b");
    },
  });
  assert(errorText(hostile).kind !== "");
});
