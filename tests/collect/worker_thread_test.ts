import { assertEquals, assertRejects } from "@std/assert";
import type { PackedSamples } from "../../collect/packed_samples.ts";
import { MAX_UNREAD, type ToWorker } from "../../collect/worker_messages.ts";
import { ThreadRun } from "../../collect/worker_thread.ts";
import { SILENT } from "../../model/logger.ts";

const BATCH = {} as PackedSamples;

/** A run, and what it tells its worker. */
function start(onScoped: () => void = () => {}): { run: ThreadRun; posted: ToWorker[] } {
  const posted: ToWorker[] = [];
  const request = { logger: SILENT, onScoped };
  const run = new ThreadRun(1, request, (message) => posted.push(message), () => {});
  return { run, posted };
}

Deno.test("ThreadRun.receive() finds more batches than were asked for", async () => {
  const { run, posted } = start();
  const send = () => run.receive({ type: "samples", run: 1, batch: BATCH });
  for (let i = 0; i < MAX_UNREAD; i++) assertEquals(send(), undefined);
  assertEquals(await run.next(), BATCH);
  assertEquals(posted, [{ type: "read", run: 1 }]);
  assertEquals(send(), undefined);
  assertEquals(send(), "it sent more than was asked for");
});

Deno.test("ThreadRun.receive() hears once that the collector looks at the filter", () => {
  let scoped = 0;
  const { run } = start(() => scoped++);
  assertEquals(run.receive({ type: "scoped", run: 1 }), undefined);
  assertEquals(
    run.receive({ type: "scoped", run: 1 }),
    "it said twice that it looks at the filter",
  );
  assertEquals(scoped, 1);
});

Deno.test("ThreadRun.next() gives what came before a failure, and then throws it", async () => {
  const { run } = start();
  run.receive({ type: "samples", run: 1, batch: BATCH });
  run.fail(new RangeError("gone"));
  assertEquals(await run.next(), BATCH);
  await assertRejects(() => run.next(), RangeError, "gone");
});
