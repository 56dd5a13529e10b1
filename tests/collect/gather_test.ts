import { assertEquals, assertRejects } from "@std/assert";
import { collect, Gatherer } from "../../collect/gather.ts";
import { Runner } from "../../collect/runner.ts";
import { Labels } from "../../labels.ts";
import { Metric } from "../../metric.ts";
import { deadlineIn } from "../../model/deadline.ts";
import { SILENT } from "../../model/logger.ts";

const NONE: ReadonlySet<string> = new Set();

Deno.test("Gatherer.merge() stops when its signal aborts", async () => {
  const runner = new Runner({ collect: () => [new Metric("a")] }, { name: "c" }, () => 0);
  const filter = { labels: new Labels(), names: NONE, collect: NONE, exclude: NONE };
  const collected = await collect([{ source: runner, labels: new Map() }], {
    filter,
    labels: new Labels(),
    context: { deadline: deadlineIn(10), filter: filter.labels, logger: SILENT },
  });
  const gatherer = new Gatherer(false);
  const controller = new AbortController();
  const { samples } = await gatherer.merge(collected, controller.signal);
  assertEquals(samples > 1, true);
  controller.abort(new Error("nobody waits"));
  await assertRejects(() => gatherer.merge(collected, controller.signal), Error, "nobody waits");
});
