import { assertEquals, assertRejects } from "@std/assert";
import { coalesced } from "../../serve/coalesce.ts";

/** A task whose runs end when told to. */
class Task {
  readonly runs: PromiseWithResolvers<void>[] = [];

  run = (): Promise<void> => {
    const run = Promise.withResolvers<void>();
    this.runs.push(run);
    return run.promise;
  };
}

Deno.test("coalesced() runs once more for all calls during a run", async () => {
  const task = new Task();
  const call = coalesced(task.run);
  const first = call();
  const others = [call(), call(), call()];
  assertEquals(task.runs.length, 1);
  task.runs[0]!.resolve();
  await first;
  await Promise.resolve();
  assertEquals(task.runs.length, 2);
  task.runs[1]!.resolve();
  await Promise.all(others);
  assertEquals(task.runs.length, 2);
});

Deno.test("coalesced() runs again after a failure, which only its callers see", async () => {
  const task = new Task();
  const call = coalesced(task.run);
  const first = call();
  const second = call();
  task.runs[0]!.reject(new Error("no"));
  await assertRejects(() => first, Error, "no");
  task.runs[1]!.resolve();
  await second;
});

Deno.test("coalesced() runs anew when no run goes on", async () => {
  let runs = 0;
  const call = coalesced(() => {
    runs++;
    return Promise.resolve();
  });
  await call();
  await call();
  assertEquals(runs, 2);
});
