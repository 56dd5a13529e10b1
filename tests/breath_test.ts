import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { breathe, overdue } from "../breath.ts";

/** Stops the clock, so that a test can turn it. */
function stopClock(): { advance(milliseconds: number): void } & Disposable {
  const original = performance.now;
  let time = original.call(performance);
  performance.now = () => time;
  return {
    advance: (milliseconds) => void (time += milliseconds),
    [Symbol.dispose]: () => void (performance.now = original),
  };
}

Deno.test("overdue() is true once the event loop was held for more than 4 ms", async () => {
  using clock = stopClock();
  await breathe();
  const answers = [0, 4, 0.5].map((milliseconds) => {
    clock.advance(milliseconds);
    return overdue();
  });
  assertEquals(answers, [false, false, true]);
});

Deno.test("breathe() begins a new hold", async () => {
  using clock = stopClock();
  clock.advance(100);
  await breathe();
  assertEquals(overdue(), false);
});

Deno.test("breathe() lets everything else run that is ready", async () => {
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
  await breathe();
  assertEquals(done, ["microtasks", "immediate"]);
  await Promise.all([immediate, microtasks]);
});

Deno.test("breathe() gives those who wait at the same time a turn each", async () => {
  using clock = stopClock();
  const seen: string[] = [];
  const work = async (name: string) => {
    await breathe();
    seen.push(`${name} ${overdue() ? "late" : "fresh"}`);
    clock.advance(5);
  };
  await Promise.all(["a", "b", "c"].map(work));
  assertEquals(seen, ["a fresh", "b fresh", "c fresh"]);
});
