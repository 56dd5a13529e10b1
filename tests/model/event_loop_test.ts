import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { shouldYield, yieldToEventLoop } from "../../model/event_loop.ts";
import { StoppedClock } from "../support/stopped_clock.ts";

Deno.test("shouldYield() returns true once the event loop has been blocked for more than 4 ms", async () => {
  using clock = new StoppedClock();
  await yieldToEventLoop();
  const answers = [0, 4, 0.5].map((milliseconds) => {
    clock.advance(milliseconds);
    return shouldYield();
  });
  assertEquals(answers, [false, false, true]);
});

Deno.test("yieldToEventLoop() restarts the measurement", async () => {
  using clock = new StoppedClock();
  clock.advance(100);
  await yieldToEventLoop();
  assertEquals(shouldYield(), false);
});

Deno.test("yieldToEventLoop() runs everything else that is ready", async () => {
  const done: string[] = [];
  const immediate = new Promise<void>((resolve) =>
    setImmediate(() => {
      done.push("immediate");
      resolve();
    })
  );
  const microtasks = (async () => {
    for (let i = 0; i < 100; i++) await null;
    done.push("microtasks");
  })();
  await yieldToEventLoop();
  assertEquals(done, ["microtasks", "immediate"]);
  await Promise.all([immediate, microtasks]);
});

Deno.test("yieldToEventLoop() resumes concurrent callers one per turn", async () => {
  const seen: string[] = [];
  const work = async (name: string) => {
    await yieldToEventLoop();
    seen.push(name);
    setImmediate(() => seen.push(`others after ${name}`));
  };
  await Promise.all(["a", "b", "c"].map(work));
  assertEquals(seen, ["a", "others after a", "b", "others after b", "c"]);
  await yieldToEventLoop();
});

Deno.test("yieldToEventLoop() restarts the measurement for each concurrent caller", async () => {
  using clock = new StoppedClock();
  const late: boolean[] = [];
  const work = async () => {
    await yieldToEventLoop();
    late.push(shouldYield());
    clock.advance(5);
  };
  await Promise.all([work(), work(), work()]);
  assertEquals(late, [false, false, false]);
});
