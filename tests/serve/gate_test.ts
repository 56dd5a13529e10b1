import { assertEquals, assertRejects } from "@std/assert";
import { Gate } from "../../serve/gate.ts";

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("Gate.run() runs no more tasks at the same time than its limit, in order", async () => {
  const gate = new Gate(2);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const results = await Promise.all(Array.from({ length: 7 }, (_, i) =>
    gate.run(async () => {
      begun.push(i);
      most = Math.max(most, ++running);
      await nextTurn();
      running--;
      return i;
    })));
  assertEquals(most, 2);
  assertEquals(begun, [0, 1, 2, 3, 4, 5, 6]);
  assertEquals(results, begun);
});

Deno.test("Gate.run() goes on after a task that fails", async () => {
  const gate = new Gate(1);
  const failing = gate.run(() => Promise.reject(new Error("no")));
  const next = gate.run(() => Promise.resolve("done"));
  await assertRejects(() => failing, Error, "no");
  assertEquals(await next, "done");
});

Deno.test("Gate.run() does not run a task that nobody waits for any more", async () => {
  const gate = new Gate(1);
  const blocker = Promise.withResolvers<void>();
  const first = gate.run(() => blocker.promise);
  const controller = new AbortController();
  let hasRun = false;
  const second = gate.run(() => {
    hasRun = true;
    return Promise.resolve();
  }, controller.signal);
  const third = gate.run(() => Promise.resolve("done"));
  controller.abort(new Error("gone"));
  blocker.resolve();
  await first;
  await assertRejects(() => second, Error, "gone");
  assertEquals(hasRun, false);
  assertEquals(await third, "done");
});
