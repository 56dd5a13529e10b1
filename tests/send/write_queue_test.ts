import { assertEquals } from "@std/assert";
import { WriteQueue } from "../../send/write_queue.ts";
import type { WriteSeries } from "../../send/write_series.ts";

/** A sample that counts as 40 bytes. */
function sample(timestamp: number): WriteSeries {
  const family = { name: "x", type: "gauge" } as const;
  return { labels: ["12345678"], family, value: 1, timestamp, exemplars: [] };
}

function times(series: readonly WriteSeries[]): number[] {
  return series.map(({ timestamp }) => timestamp);
}

Deno.test("WriteQueue.add() drops the oldest samples beyond the maximum size", () => {
  const queue = new WriteQueue(100);
  assertEquals(queue.add([sample(1), sample(2)]), 0);
  assertEquals(queue.add([sample(3)]), 1);
  assertEquals(times(queue.take(10)), [2, 3]);
});

Deno.test("WriteQueue.take() makes room", () => {
  const queue = new WriteQueue(100);
  queue.add([sample(1), sample(2)]);
  assertEquals(times(queue.take(1)), [1]);
  assertEquals(queue.add([sample(3)]), 0);
  assertEquals(queue.length, 2);
  assertEquals(times(queue.take(1)), [2]);
});
