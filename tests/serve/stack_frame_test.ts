import { assertEquals, assertMatch } from "@std/assert";
import { Metric } from "../../metric.ts";
import { userFrame } from "../../serve/stack_frame.ts";

/** An error with a stack of these frames. */
function errorAt(...frames: string[]): Error {
  const error = new Error("broken");
  error.stack = ["Error: broken", ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

const OWN = new URL("../../", import.meta.url).href;

Deno.test("userFrame() returns the frame that threw", () => {
  assertMatch(userFrame(new Error("broken"))!, /\/tests\/serve\/stack_frame_test\.ts:\d+:\d+\)?$/);
});

Deno.test("userFrame() skips frames of this library", () => {
  try {
    new Metric("not a name!");
  } catch (error) {
    assertMatch(userFrame(error as Error)!, /^file:.*\/stack_frame_test\.ts:\d+:\d+$/);
  }
});

for (
  const [what, frames, expected] of [
    [
      "the runtime",
      ["ext:deno_fetch/26_fetch.js:2:7", "f (file:///a.ts:1:2)"],
      "f (file:///a.ts:1:2)",
    ],
    ["native code", ["x.next (<anonymous>)", "https://b.c/d.ts:1:2"], "https://b.c/d.ts:1:2"],
    ["the message", ["line", "f (file:///a.ts:1:2)"], "f (file:///a.ts:1:2)"],
    ["its folders", [`f (${OWN}series/store.ts:1:2)`, "file:///a.ts:3:4"], "file:///a.ts:3:4"],
    ["probers", [`f (${OWN}probes/http.ts:1:2)`, `g (${OWN}serve/probes.ts:3:4)`], undefined],
    ["callers", [`f (${OWN}collect/run.ts:1:2)`, "file:///a.ts:3:4"], undefined],
    ["sources", [`f (${OWN}sources/process.ts:1:2)`, "ext:core/01.js:1:2"], undefined],
    ["everything", [`f (${OWN}metric.ts:1:2)`, "Array.map (<anonymous>)"], undefined],
  ] as const
) {
  Deno.test(`userFrame() skips ${what}`, () => {
    assertEquals(userFrame(errorAt(...frames)), expected);
  });
}

Deno.test("userFrame() returns undefined without a stack", () => {
  assertEquals(userFrame(Object.assign(new Error("broken"), { stack: undefined })), undefined);
});
