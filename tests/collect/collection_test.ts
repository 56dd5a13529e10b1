import { assertEquals, assertRejects } from "@std/assert";
import { Collection } from "../../collect/collection.ts";
import type { CollectResult } from "../../collector.ts";
import { MetricFamily } from "../../family.ts";
import { Metric, type MetricOptions } from "../../metric.ts";
import type { Family } from "../../model/family.ts";
import { encodeText } from "../support/encode.ts";
import { letsOthersRun, StoppedClock } from "../support/stopped_clock.ts";

function collectionOf(maxSamples: number, maxBytes = Infinity): Collection {
  return new Collection({ maxSamples, maxBytes });
}

const never = () => false;

function metric(value: number, options: MetricOptions = {}): Metric {
  return new Metric("x", { value, labels: { n: String(value) }, ...options });
}

class Broken extends Metric {
  override get value(): number {
    throw new Error("Broken sensor");
  }
}

async function collect(result: unknown, maxSamples = 100): Promise<Collection> {
  const collection = collectionOf(maxSamples);
  await collection.drain(result as CollectResult, never);
  return collection;
}

async function write(families: readonly Family[]): Promise<string> {
  return new TextDecoder().decode(await new Blob([...await encodeText([...families])]).bytes());
}

/** Returns the values of all samples. */
async function values(collection: Collection): Promise<number[]> {
  return (await collection.end()).families.flatMap(({ samples }) =>
    samples.map(({ value }) => value)
  );
}

const RESULTS: Record<string, () => CollectResult> = {
  "an array": () => [metric(1), metric(2)],
  "a Set": () => new Set([metric(1), metric(2)]),
  "a generator": function* () {
    yield metric(1);
    yield metric(2);
  },
  "an async generator": async function* () {
    yield metric(1);
    await Promise.resolve();
    yield metric(2);
  },
  "a family": () => [new MetricFamily("x").add(1).add(2, { n: "2" })],
  "a family and a metric": () => [new MetricFamily("x").add(1), metric(2)],
  "a ReadableStream": () => ReadableStream.from([metric(1), metric(2)]),
};

for (const [name, result] of Object.entries(RESULTS)) {
  Deno.test(`Collection.drain() adds ${name}`, async () => {
    const collection = await collect(result());
    assertEquals([collection.samples, await values(collection)], [2, [1, 2]]);
  });
}

Deno.test("Collection.drain() accepts an empty result", async () => {
  const collection = await collect([]);
  assertEquals([collection.samples, (await collection.end()).families], [0, []]);
});

Deno.test("Collection groups samples by family, in order of first occurrence", async () => {
  const collection = await collect([
    new Metric("b", { type: "gauge", value: 1, labels: { n: "1" } }),
    new Metric("a", { type: "gauge", value: 2 }),
    new Metric("b", { type: "gauge", value: 3, labels: { n: "2" } }),
  ]);
  assertEquals(
    await write((await collection.end()).families),
    '# TYPE b gauge\nb{n="1"} 1\nb{n="2"} 3\n# TYPE a gauge\na 2\n',
  );
});

Deno.test("Collection separates families of different types", async () => {
  const collection = await collect([metric(1, { type: "gauge" }), metric(2, { type: "counter" })]);
  assertEquals((await collection.end()).families.map(({ type }) => type), ["gauge", "counter"]);
});

Deno.test("Collection groups the parts of a histogram", async () => {
  const collection = await collect([
    new Metric("x_bucket", { type: "histogram", labels: { le: "1" } }),
    new Metric("x_sum", { type: "histogram" }),
    new Metric("x", { type: "histogram" }),
  ]);
  assertEquals(
    (await collection.end()).families.map(({ type, name, samples }) =>
      `${type} ${name} ${samples.length}`
    ),
    ["histogram x 2", "untyped x 1"],
  );
});

Deno.test("Collection uses the first help text and unit", async () => {
  const collection = await collect([
    metric(1),
    metric(2, { help: "First.", unit: "seconds" }),
    metric(3, { help: "Second.", unit: "bytes" }),
  ]);
  const [family] = (await collection.end()).families;
  assertEquals([family?.help, family?.unit], ["First.", "seconds"]);
});

Deno.test("Collection.families() returns a snapshot", async () => {
  const collection = await collect([metric(1)]);
  const families = (await collection.end()).families;
  await collection.drain([metric(2, { help: "Late." })], never);
  assertEquals(await write(families), '# TYPE x untyped\nx{n="1"} 1\n');
});

Deno.test("Collection.drain() reads the value of a metric when it is yielded", async () => {
  const reused = new Metric("x");
  const collection = await collect(function* () {
    for (const value of [1, 2, 3]) {
      reused.value = value;
      yield reused;
    }
  }());
  assertEquals(await values(collection), [1, 2, 3]);
});

for (
  const [result, got] of [
    [undefined, "undefined"],
    [null, "null"],
    [5, "5"],
    ["text", '"text"'],
    [new Metric("x"), "an object of class Metric"],
    [{ length: 1, 0: new Metric("x") }, "an object"],
  ] as const
) {
  Deno.test(`Collection.drain() rejects ${got}`, async () => {
    await assertRejects(
      () => collect(result),
      TypeError,
      `Cannot use the result of the collector: expected an iterable of metrics, got ${got}`,
    );
  });
}

for (
  const [item, got] of [
    [undefined, "undefined"],
    [null, "null"],
    [5, "5"],
    ["x 1", '"x 1"'],
    [[new Metric("x")], "an array"],
    [{ name: "x", value: 1 }, "an object"],
  ] as const
) {
  Deno.test(`Collection.drain() rejects ${got} among metrics, and keeps earlier items`, async () => {
    const collection = collectionOf(100);
    await assertRejects(
      () => collection.drain([metric(1), item, metric(2)] as unknown as Metric[], never),
      TypeError,
      `Cannot use the result of the collector: expected a Metric or a MetricFamily, got ${got}`,
    );
    assertEquals(await values(collection), [1]);
  });
}

Deno.test("Collection.drain() keeps the items before an iterator throws", async () => {
  const collection = collectionOf(100);
  const result = function* () {
    yield metric(1);
    throw new Error("Unplugged");
  };
  await assertRejects(() => collection.drain(result(), never), Error, "Unplugged");
  assertEquals(await values(collection), [1]);
});

Deno.test("Collection.drain() keeps the items before an async iterator rejects", async () => {
  const collection = collectionOf(100);
  const result = async function* () {
    yield metric(1);
    await Promise.reject(new Error("Unplugged"));
  };
  await assertRejects(() => collection.drain(result(), never), Error, "Unplugged");
  assertEquals(await values(collection), [1]);
});

Deno.test("Collection.drain() does not add a metric whose value throws", async () => {
  const collection = collectionOf(100);
  await assertRejects(
    () => collection.drain([metric(1), new Broken("y", { help: "Nothing." })], never),
    Error,
    "Broken sensor",
  );
  assertEquals((await collection.end()).families.map(({ name }) => name), ["x"]);
});

Deno.test("Collection.drain() accepts the maximum number of samples", async () => {
  assertEquals((await collect([metric(1), metric(2)], 2)).samples, 2);
});

for (
  const [name, result] of [
    ["metrics", () => [metric(1), metric(2), metric(3)]],
    ["samples of a family", () => [new MetricFamily("x").add(1).add(2).add(3)]],
    ["metrics without an end", function* () {
      for (;;) yield metric(1);
    }],
  ] satisfies [string, () => CollectResult][]
) {
  Deno.test(`Collection.drain() keeps no samples if there are too many ${name}`, async () => {
    const collection = collectionOf(2);
    await assertRejects(
      () => collection.drain(result(), never),
      RangeError,
      "Cannot use the result of the collector: more than 2 samples",
    );
    assertEquals([collection.samples, (await collection.end()).families], [0, []]);
  });
}

for (
  const [name, result] of [
    ["empty ones without an end", function* () {
      for (let i = 0;; i++) yield new MetricFamily(`x${i}`);
    }],
    ["with a sample each", () => [1, 2, 3].map((i) => new Metric(`x${i}`))],
  ] satisfies [string, () => CollectResult][]
) {
  Deno.test(`Collection.drain() keeps nothing if there are too many families, ${name}`, async () => {
    const collection = collectionOf(2);
    await assertRejects(
      () => collection.drain(result(), never),
      RangeError,
      "Cannot use the result of the collector: more than 2 families",
    );
    assertEquals([collection.samples, (await collection.end()).families], [0, []]);
  });
}

const EXEMPLAR = { labels: { a: "z".repeat(100) }, value: 1 };

for (
  const [name, result] of [
    ["values without an end", function* () {
      for (let i = 0;; i++) yield metric(i);
    }],
    ["empty families without an end", function* () {
      for (let i = 0;; i++) yield new MetricFamily(`x${i}`);
    }],
    ["long help texts", () => [new MetricFamily("x", { help: "x".repeat(1000) })]],
    ["long names", () => [new Metric("x".repeat(1000))]],
    ["long label values", () => [new MetricFamily("x").add(1, { n: "x".repeat(1000) })]],
    ["long label names", () => [new MetricFamily("x").add(1, { ["n".repeat(1000)]: "x" })]],
    ["exemplars", () => {
      const options = { type: "counter", exemplar: EXEMPLAR } as const;
      return Array.from({ length: 9 }, () => new Metric("x_total", options));
    }],
  ] satisfies [string, () => CollectResult][]
) {
  Deno.test(`Collection.drain() keeps nothing if there are too many bytes in ${name}`, async () => {
    const collection = collectionOf(1000, 1000);
    await assertRejects(
      () => collection.drain(result(), never),
      RangeError,
      "Cannot use the result of the collector: more than 1000 bytes",
    );
    assertEquals([collection.samples, (await collection.end()).families], [0, []]);
  });
}

Deno.test("Collection.drain() counts a sample as 16 bytes and the length of its texts", async () => {
  const family = new MetricFamily("name", { help: "Help." }).add(1, { label: "value" });
  const size = "nameHelp.".length + "namelabelvalue".length + 16;
  await collectionOf(9, size).drain([family], never);
  await assertRejects(() => collectionOf(9, size - 1).drain([family], never), RangeError);
});

Deno.test("Collection.drain() stops an async iterator once isStopped() is true", async () => {
  let closed = false;
  const result = async function* () {
    try {
      for (let i = 1;; i++) yield await Promise.resolve(metric(i));
    } finally {
      closed = true;
    }
  };
  const collection = collectionOf(100);
  await collection.drain(result(), () => collection.samples === 3);
  assertEquals([await values(collection), closed], [[1, 2, 3], true]);
});

for (const [name, result] of Object.entries(RESULTS)) {
  Deno.test(`Collection.drain() yields to the event loop while it adds ${name}`, async () => {
    assertEquals(await letsOthersRun(() => collect(result())), true);
  });
}

Deno.test("Collection.drain() stops an iterator once isStopped() is true", async () => {
  using _clock = new StoppedClock({ step: 5 });
  let closed = false;
  const result = function* () {
    try {
      for (let i = 1;; i++) yield metric(i);
    } finally {
      closed = true;
    }
  };
  const collection = collectionOf(100);
  await collection.drain(result(), () => collection.samples === 3);
  assertEquals([await values(collection), closed], [[1, 2, 3], true]);
});

Deno.test("Collection.drain() ends a generator of families without samples at the maximum", async () => {
  const endless = function* () {
    for (let i = 0;; i++) yield new MetricFamily(`family_${i}`);
  };
  await assertRejects(
    () => collect(endless(), 1000),
    RangeError,
    "Cannot use the result of the collector: more than 1000 families",
  );
});
