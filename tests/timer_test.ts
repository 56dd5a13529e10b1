import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { finallyCall, time, Timer } from "../timer.ts";

Deno.test("Timer records once, however often it is stopped", () => {
  const records: number[] = [];
  {
    using timer = new Timer((seconds) => records.push(seconds));
    const seconds = timer.stop();
    assertEquals([timer.stop(), records], [seconds, [seconds]]);
  }
  assertEquals(records.length, 1);
  assert(records[0]! >= 0 && records[0]! < 5);
});

Deno.test("time() records failed calls", async () => {
  const records: number[] = [];
  const fail = () => {
    throw new Error("no");
  };
  assertThrows(() => time(fail, (seconds) => records.push(seconds)), Error, "no");
  const rejected = () => Promise.reject(new Error("no"));
  await assertRejects(() => time(rejected, (seconds) => records.push(seconds)), Error, "no");
  assertEquals(records.length, 2);
});

Deno.test("time() waits for any thenable", async () => {
  const records: number[] = [];
  const thenable = {
    then(resolve: (value: number) => void): void {
      setTimeout(() => resolve(1), 20);
    },
  };
  assertEquals(await time(() => thenable, (seconds) => records.push(seconds)), 1);
  assert(records[0]! >= 0.015);
});

Deno.test("finallyCall() waits for a promise", async () => {
  const events: string[] = [];
  const { promise, resolve } = Promise.withResolvers<number>();
  const result = finallyCall(() => promise, () => events.push("after"));
  assertEquals(events, []);
  resolve(1);
  assertEquals(await result, 1);
  assertEquals(events, ["after"]);
});
