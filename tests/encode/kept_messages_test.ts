import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { Counter } from "../../counter.ts";
import { ExpositionBuilder } from "../../encode/exposition_builder.ts";
import { loadZlib } from "../../deflate/zlib.ts";
import { KeptMessages } from "../../encode/kept_messages.ts";
import { protobufMetrics } from "../../encode/protobuf.ts";
import { Histogram } from "../../histogram.ts";
import { Summary } from "../../summary.ts";
import type { SeriesBlock } from "../../series/block.ts";
import { liveFamily } from "../support/instrument.ts";

/** Prepares the messages of the first block of an instrument. */
function prepare(instrument: Parameters<typeof liveFamily>[0]) {
  const family = liveFamily(instrument);
  const block = family.blocks[0]!;
  const metadata = { name: family.name, type: family.type, samples: [] };
  const messages = new KeptMessages(family.view, metadata);
  /** Updates, and compares with what is encoded from scratch. Returns whether the buffer is the same as before. */
  const update = () => {
    const { buffer } = messages.bytes;
    messages.update(block);
    const expected = protobufMetrics(metadata, family.samplesOf(block));
    assertEquals(messages.bytes.toHex(), expected.toHex());
    return messages.bytes.buffer === buffer;
  };
  update();
  return { messages, update };
}

function makeCounter(): Counter<readonly ["i"]> {
  const counter = new Counter("jobs_total", "Jobs.", { labels: ["i"] });
  for (let i = 0; i < 20; i++) counter.labels(`${i}`).inc(i);
  return counter;
}

Deno.test("KeptMessages.update() overwrites doubles in place", () => {
  const counter = makeCounter();
  const { update } = prepare(counter);
  for (const amount of [1, 0.1, 1e21, Infinity]) {
    for (const i of [0, 7, 19]) counter.labels(`${i}`).inc(amount);
    assertEquals(update(), true);
  }
});

Deno.test("KeptMessages.update() overwrites counts in place while they keep their length", () => {
  const histogram = new Histogram("took_seconds", "", { labels: ["i"], buckets: [1, 10] });
  for (let i = 0; i < 5; i++) histogram.labels(`${i}`).observe(0.5);
  const { update } = prepare(histogram);
  for (let n = 2; n < 300; n++) {
    histogram.labels("3").observe(0.5);
    assertEquals(update(), n !== 128, `observation ${n}`);
  }
});

Deno.test("KeptMessages.update() overwrites sums, counts and quantiles of summaries", () => {
  const summary = new Summary("size_bytes", "", { labels: ["i"], quantiles: [0.5, 1] });
  for (let i = 0; i < 3; i++) summary.labels(`${i}`).observe(i);
  const { update } = prepare(summary);
  summary.labels("1").observe(77);
  summary.labels("2").observe(NaN);
  assertEquals(update(), true);
});

Deno.test("KeptMessages.update() writes exemplars, and removes those that no longer exist", () => {
  const counter = makeCounter();
  const { messages, update } = prepare(counter);
  const { length } = messages.bytes;
  counter.labels("4").inc(1, { trace_id: "a" });
  counter.labels("5").inc();
  assertEquals(update(), false);
  counter.labels("4").inc(1, { trace_id: "abc" });
  update();
  counter.labels("4").inc();
  counter.labels("6").inc();
  update();
  (liveFamily(counter).blocks[0] as SeriesBlock).exemplars!.clear();
  counter.labels("4").inc();
  update();
  assertEquals(messages.bytes.length, length);
});

Deno.test("KeptMessages.update() encodes native histograms anew", () => {
  const histogram = new Histogram("took_seconds", "", { labels: ["i"], buckets: [1], native: {} });
  for (let i = 0; i < 5; i++) histogram.labels(`${i}`).observe(i);
  const { update } = prepare(histogram);
  for (const value of [1, 1.5, -3, 0]) {
    histogram.labels("3").observe(value);
    update();
  }
});

Deno.test("KeptMessages.update() encodes everything when series are added or removed", () => {
  const counter = makeCounter();
  const { update } = prepare(counter);
  counter.labels("new").inc(3);
  update();
  counter.remove("2");
  counter.labels("3").inc();
  update();
});

Deno.test("KeptMessages.update() leaves leased bytes as they are", async () => {
  await loadZlib();
  const counter = makeCounter();
  const { messages, update } = prepare(counter);
  const { bytes } = messages;
  const lease = messages.leaseOf("identity")!;
  const content = bytes.toHex();
  lease.readers++;
  counter.labels("4").inc();
  assertEquals(update(), false);
  assertEquals(bytes.toHex(), content);
  assertNotStrictEquals(messages.leaseOf("identity"), lease);
  counter.labels("4").inc();
  assertEquals(update(), true);
});

Deno.test("KeptMessages.deflated() returns the same piece until something changes", async () => {
  await loadZlib();
  const counter = makeCounter();
  const { messages, update } = prepare(counter);
  const before = messages.keptBytes;
  const piece = messages.deflated();
  assertStrictEquals(messages.deflated(), piece);
  assertEquals(messages.keptBytes, before + piece.bytes.byteLength);
  counter.labels("4").inc();
  update();
  assertNotStrictEquals(messages.deflated(), piece);
  assertEquals(messages.deflated().length, messages.bytes.length);
});

Deno.test("ExpositionBuilder.addKept() leases what it adds until it is rolled back", () => {
  const { messages } = prepare(makeCounter());
  const builder = new ExpositionBuilder("identity");
  const rollBack = builder.checkpoint();
  builder.addKept(messages);
  assertEquals([messages.leaseOf("identity")!.readers, builder.leases.length], [1, 1]);
  rollBack();
  assertEquals([messages.leaseOf("identity")!.readers, builder.leases.length], [0, 0]);
});
