import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { breathe, overdue } from "../breath.ts";
import { StoppedClock } from "./stopped_clock.ts";

Deno.test("overdue() is true once the event loop was held for more than 4 ms", async () => {
  using clock = new StoppedClock();
  await breathe();
  const answers = [0, 4, 0.5].map((milliseconds) => {
    clock.advance(milliseconds);
    return overdue();
  });
  assertEquals(answers, [false, false, true]);
});

Deno.test("breathe() begins a new hold", async () => {
  using clock = new StoppedClock();
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
  const seen: string[] = [];
  const work = async (name: string) => {
    await breathe();
    seen.push(name);
    setImmediate(() => seen.push(`others after ${name}`));
  };
  await Promise.all(["a", "b", "c"].map(work));
  assertEquals(seen, ["a", "others after a", "b", "others after b", "c"]);
  await breathe();
});

Deno.test("breathe() begins a new hold for each of those who wait at the same time", async () => {
  using clock = new StoppedClock();
  const late: boolean[] = [];
  const work = async () => {
    await breathe();
    late.push(overdue());
    clock.advance(5);
  };
  await Promise.all([work(), work(), work()]);
  assertEquals(late, [false, false, false]);
});
