import { assertEquals, assertThrows } from "@std/assert";
import { Collection } from "../../collect/collection.ts";
import {
  BATCH_SAMPLES,
  buffersOf,
  type PackedSamples,
  Packer,
  unpackFamilies,
} from "../../collect/packed_samples.ts";
import { MetricFamily } from "../../family.ts";
import { Metric } from "../../metric.ts";

/** Packs items as a worker does, and copies them as they cross. */
function pack(...items: readonly (Metric | MetricFamily)[]): PackedSamples[] {
  const packer = new Packer();
  const batches: PackedSamples[] = [];
  const take = () => {
    const batch = packer.take();
    batches.push(structuredClone(batch, { transfer: buffersOf(batch) }));
  };
  for (const item of items) {
    if (item instanceof Metric) packer.addMetric(item);
    else for (const _ of packer.addFamily(item)) take();
  }
  if (!packer.isEmpty) take();
  return batches;
}

async function collected(items: Iterable<Metric | MetricFamily>) {
  const collection = new Collection({ maxSamples: 1e6, maxBytes: Infinity });
  await collection.drain(items, () => false);
  return (await collection.end()).families;
}

const ITEMS = [
  new Metric("a", { value: NaN, labels: { x: "1", y: "2" }, help: "A", timestamp: new Date(0) }),
  new Metric("a", { value: 2, labels: { y: "1", x: "2" } }),
  new Metric("http.requests", { utf8Names: true, labels: { "a b": "ä\n" } }),
  new MetricFamily("empty", { type: "gauge", unit: "bytes" }),
  new MetricFamily("h", { type: "histogram" })
    .add(1, { le: "+Inf" }, {
      suffix: "_bucket",
      exemplar: { labels: { id: "1" }, value: 3, timestamp: new Date(5) },
    })
    .add(1, {}, { suffix: "_count" }),
  new Metric("h_count", { type: "histogram", value: 7 }),
];

Deno.test("unpackFamilies() gives what was packed", async () => {
  const unpacked = pack(...ITEMS).flatMap(unpackFamilies);
  assertEquals(await collected(unpacked), await collected(ITEMS));
});

Deno.test("Packer.addFamily() divides a large family into batches", async () => {
  const family = new MetricFamily("a", { type: "counter" });
  for (let i = 0; i < 2 * BATCH_SAMPLES + 1; i++) family.add(i, { i: String(i) });
  const batches = pack(family);
  assertEquals(batches.map(({ values }) => values.length), [BATCH_SAMPLES, BATCH_SAMPLES, 1]);
  assertEquals(await collected(batches.flatMap(unpackFamilies)), await collected([family]));
});

type Change = (batch: { -readonly [K in keyof PackedSamples]: PackedSamples[K] }) => void;

/** The cells are: name, 2, x, 1, y, 2. The strings are: a, x, 1, y, 2. */
const CHANGES: Record<string, Change> = {
  "no families": (batch) => batch.families = [],
  "families of another type": (batch) => batch.families = 5 as never,
  "a family of null": (batch) => batch.families = [null as never],
  "an unknown type": (batch) => batch.families = [{ name: "a", type: "evil" as never, count: 1 }],
  "a name that breaks lines": (batch) =>
    batch.families = [{ name: "a\n\u{d800}", type: "gauge", count: 1 }],
  "another name": (batch) => batch.families = [{ name: "b", type: "gauge", count: 1 }],
  "a type that does not fit": (batch) =>
    batch.families = [{ name: "a", type: "histogram", count: 1 }],
  "a help text of another type": (batch) =>
    batch.families = [{ name: "a", type: "gauge", help: {} as never, count: 1 }],
  "too few samples": (batch) => batch.families = [{ name: "a", type: "gauge", count: 0 }],
  "too many samples": (batch) => batch.families = [{ name: "a", type: "gauge", count: 1e9 }],
  "a fractional count": (batch) => batch.families = [{ name: "a", type: "gauge", count: 0.5 }],
  "a text of another type": (batch) => batch.text = ["a"] as never,
  "a shorter text": (batch) => batch.text = "ax1y",
  "an array of values": (batch) => batch.values = [1] as never,
  "fewer cells": (batch) => batch.cells = batch.cells.slice(0, 5),
  "more cells": (batch) => batch.cells = new Uint32Array([...batch.cells, 0]),
  "a cell out of range": (batch) => batch.cells[5] = 77,
  "a count of labels out of range": (batch) => batch.cells[1] = 2 ** 31,
  "a label name twice": (batch) => batch.cells[4] = 1,
  "a reserved label name": (batch) => (batch.text = "a__1y2", batch.lengths[1] = 2),
  "an empty label name": (batch) => (batch.text = "a1y2", batch.lengths[1] = 0),
  "an empty label value": (batch) => (batch.text = "axy2", batch.lengths[2] = 0),
  "a label value that is not well-formed": (batch) => batch.text = "ax\u{d800}y2",
  "other timestamps": (batch) => batch.timestamps = new Float64Array(7),
  "exemplars of another type": (batch) => batch.exemplars = [5 as never],
  "an exemplar without labels": (batch) => batch.exemplars = [[0, { value: 1 } as never]],
  "an exemplar with a bad label": (batch) =>
    batch.exemplars = [[0, { labels: ["__a", "b"], value: 1, timestamp: undefined }]],
  "an exemplar with a bad value": (batch) =>
    batch.exemplars = [[0, { labels: [], value: "1\nevil 2" as never, timestamp: undefined }]],
};

for (const [kind, change] of Object.entries(CHANGES)) {
  Deno.test(`unpackFamilies() rejects ${kind}`, () => {
    const metric = new Metric("a", { type: "gauge", labels: { x: "1", y: "2" } });
    const [batch] = pack(metric);
    assertEquals(unpackFamilies(batch!).length, 1);
    change(batch!);
    assertThrows(() => unpackFamilies(batch!), Error);
  });
}

Deno.test("unpackFamilies() finds a label twice although the sample before has the later one", () => {
  const metric = new Metric("a", { labels: { x: "1", y: "2" } });
  const [batch] = pack(metric, metric);
  batch!.cells[8] = batch!.cells[10]!;
  assertThrows(() => unpackFamilies(batch!), RangeError, 'invalid label name "y"');
});
