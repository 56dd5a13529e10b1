import { decompressZstd } from "../../parse/zstd.ts";
import { liveFamily } from "../support/instrument.ts";
import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { setImmediate } from "node:timers";
import { Counter } from "../../counter.ts";
import { Encoder, type EncodeRequest, type EncoderOptions } from "../../encode/encoder.ts";
import { DEFAULT_VARIANT, type FormatVariant } from "../../encode/format.ts";
import { Metric } from "../../metric.ts";
import { Registry } from "../../registry.ts";
import type { Family } from "../../model/family.ts";
import { readProtobuf } from "../support/protobuf_reader.ts";
import { StoppedClock } from "../support/stopped_clock.ts";

const OPENMETRICS: FormatVariant = { ...DEFAULT_VARIANT, format: "openmetrics", version: "1.0.0" };
const TEXT: EncodeRequest = { variant: DEFAULT_VARIANT, encoding: "identity" };
const SIZE = 2000;
const PROTOBUF: EncodeRequest = {
  variant: { ...DEFAULT_VARIANT, format: "protobuf" },
  encoding: "identity",
};
const ZSTD: EncodeRequest = { variant: DEFAULT_VARIANT, encoding: "zstd" };
const GZIP: EncodeRequest = { variant: DEFAULT_VARIANT, encoding: "gzip" };

function makeEncoder(options: Partial<EncoderOptions> = {}): Encoder {
  return new Encoder({
    maxKeptBytes: Infinity,
    utf8Names: false,
    createdSamples: false,
    now: () => 0,
    ...options,
  });
}

/** A counter of 600 series, which are in three blocks. */
function makeCounter(): Counter<readonly ["i"]> {
  const counter = new Counter("jobs_total", "Jobs.", { labels: ["i"] });
  for (let i = 0; i < 600; i++) counter.labels(`${i}`).inc(100);
  return counter;
}

/** Returns a family of a collector with this many samples. */
async function collected(size: number, recurs: boolean): Promise<readonly Family[]> {
  const registry = new Registry();
  const counter = registry.register(new Counter("x_total", "", { labels: ["i"] }));
  for (let i = 0; i < size; i++) counter.labels(`${i}`).inc();
  const { families } = await registry.gather({ filter: { names: new Set(["x_total"]) } });
  return families.map(({ name, type, help, unit, samples }) => ({
    name,
    type,
    help,
    unit,
    samples: [...samples],
    recurs,
  }));
}

Deno.test("Encoder reuses the bytes of unchanged blocks", async () => {
  const encoder = makeEncoder();
  const counter = makeCounter();
  const [before, after] = [
    await encoder.encode([liveFamily(counter)], TEXT),
    await encoder.encode([liveFamily(counter)], TEXT),
  ];
  assert(before.chunks.length >= 3);
  for (const [i, chunk] of before.chunks.entries()) {
    assertStrictEquals(chunk.buffer, after.chunks[i]?.buffer);
  }
});

Deno.test("Encoder writes to a copy while the buffer is leased, and in place otherwise", async () => {
  const encoder = makeEncoder();
  const counter = makeCounter();
  const child = counter.labels("0");
  const held = await encoder.encode([liveFamily(counter)], TEXT);
  const { chunks } = held;
  const text = held.text();
  child.inc();
  const changed = await encoder.encode([liveFamily(counter)], TEXT);
  assertNotStrictEquals(chunks[1]!.buffer, changed.chunks[1]!.buffer);
  assertStrictEquals(chunks[2]!.buffer, changed.chunks[2]!.buffer);
  assertEquals(held.text(), text);
  assertEquals(changed.text(), text.replace('{i="0"} 100', '{i="0"} 101'));
  const { buffer } = changed.chunks[1]!;
  changed[Symbol.dispose]();
  held[Symbol.dispose]();
  child.inc();
  const again = await encoder.encode([liveFamily(counter)], TEXT);
  assertStrictEquals(again.chunks[1]!.buffer, buffer);
});

Deno.test("Encoder deflates only changed blocks again", async () => {
  const encoder = makeEncoder();
  const counter = makeCounter();
  const before = await encoder.encode([liveFamily(counter)], GZIP);
  counter.labels("599").inc();
  const after = await encoder.encode([liveFamily(counter)], GZIP);
  const same = before.chunks.filter((chunk, i) => chunk === after.chunks[i]);
  // All but the changed block, and the header and the trailer of the member.
  assertEquals([before.chunks.length - same.length, after.chunks.length], [
    3,
    before.chunks.length,
  ]);
});

Deno.test("Encoder compresses only changed blocks with zstd again, and counts what it keeps of them", async () => {
  const encoder = makeEncoder();
  const counter = makeCounter();
  const plain = await encoder.encode([liveFamily(counter)], TEXT);
  const kept = encoder.keptBytes;
  const before = await encoder.encode([liveFamily(counter)], ZSTD);
  assertEquals(encoder.keptBytes - kept >= before.byteLength - 100, true);
  counter.labels("0").inc();
  const after = await encoder.encode([liveFamily(counter)], ZSTD);
  const same = after.chunks.filter(({ buffer }) =>
    before.chunks.some((chunk) => chunk.buffer === buffer)
  );
  assertEquals(same.length, after.chunks.length - 1);
  const [first, second] = await Promise.all(
    [before, after].map(async (exposition) =>
      new TextDecoder().decode(await decompressZstd(exposition.bytes()))
    ),
  );
  assertEquals(first, plain.text());
  assertEquals(second, first!.replace('{i="0"} 100', '{i="0"} 101'));
});

Deno.test("Encoder keeps at most maxKeptBytes", async () => {
  const counter = makeCounter();
  for (const maxKeptBytes of [0, 10_000, 30_000]) {
    const encoder = makeEncoder({ maxKeptBytes });
    for (const request of [TEXT, GZIP, { ...TEXT, variant: OPENMETRICS }, PROTOBUF]) {
      await encoder.encode([liveFamily(counter)], request);
      assert(encoder.keptBytes <= maxKeptBytes, `${encoder.keptBytes} bytes`);
    }
    assertEquals(encoder.keptBytes > 0, maxKeptBytes > 0);
  }
});

for (const [format, request] of Object.entries({ text: TEXT, protobuf: PROTOBUF })) {
  Deno.test(`Encoder keeps no ${format} beyond maxKeptBytes`, async () => {
    const counter = makeCounter();
    const encoder = makeEncoder({ maxKeptBytes: 0 });
    const before = await encoder.encode([liveFamily(counter)], request);
    const after = await encoder.encode([liveFamily(counter)], request);
    for (const [i, { buffer }] of before.chunks.entries()) {
      if (i > 0) assertNotStrictEquals(after.chunks[i]?.buffer, buffer);
    }
  });
}

Deno.test("Encoder drops the bytes of a format that is no longer requested", async () => {
  let now = 0;
  const encoder = makeEncoder({ now: () => now });
  const counter = makeCounter();
  await encoder.encode([liveFamily(counter)], { ...TEXT, variant: OPENMETRICS });
  const { keptBytes } = encoder;
  await encoder.encode([liveFamily(counter)], TEXT);
  assert(encoder.keptBytes > keptBytes);
  now = 500;
  await encoder.encode([liveFamily(counter)], TEXT);
  assert(encoder.keptBytes > keptBytes);
  now = 601;
  await encoder.encode([liveFamily(counter)], TEXT);
  assert(encoder.keptBytes <= keptBytes + 1000);
});

for (const size of [10, 5000]) {
  Deno.test(`Encoder keeps a family of ${size} samples that recurs`, async () => {
    const encoder = makeEncoder();
    const families = await collected(size, true);
    const first = await encoder.encode(families, TEXT);
    assert(encoder.keptBytes >= first.byteLength);
    const second = await encoder.encode(families, TEXT);
    assertEquals(second.text(), first.text());
    assertStrictEquals(first.chunks[0], second.chunks[0]);
  });

  Deno.test(`Encoder does not keep a family of ${size} samples that does not recur`, async () => {
    const encoder = makeEncoder();
    await encoder.encode(await collected(size, false), TEXT);
    assertEquals(encoder.keptBytes, 0);
  });
}

for (const ttl of [60, 0]) {
  Deno.test(`Registry keeps the lines of series that a collector returns again, with a ttl of ${ttl} s`, async () => {
    const registry = new Registry();
    let run = 0;
    const collect = () => {
      run++;
      return Array.from({ length: 2000 }, (_, i) => {
        return new Metric("x", { labels: { i: `${i}` }, value: i === 700 ? run : 5 });
      });
    };
    registry.register({ collect }, { name: "x", ttl });
    const buffers: ArrayBuffer[][] = [];
    for (let scrape = 1; scrape <= 3; scrape++) {
      using exposition = await registry.expose();
      buffers.push(exposition.chunks.map(({ buffer }) => buffer));
      assertStringIncludes(exposition.text(), `x{i="700"} ${ttl > 0 ? 1 : scrape}\n`);
    }
    const [, second, third] = buffers;
    // The header, and the lines of four blocks.
    assertEquals(second!.filter((buffer) => third!.includes(buffer)).length, 5);
  });
}

Deno.test("Encoder drops the bytes of families without samples", async () => {
  const encoder = makeEncoder();
  const counter = makeCounter();
  await encoder.encode([liveFamily(counter)], TEXT);
  counter.clear();
  const exposition = await encoder.encode([liveFamily(counter)], TEXT);
  assertEquals([exposition.byteLength, encoder.keptBytes], [0, 0]);
});

/** Reads the values of the only label of each series. */
const READERS: Record<string, [EncodeRequest, (bytes: Uint8Array) => (string | undefined)[]]> = {
  text: [TEXT, (bytes) => {
    const text = new TextDecoder().decode(bytes);
    return Array.from(text.matchAll(/^jobs.*"(\d+)"/gm), ([, value]) => value);
  }],
  protobuf: [PROTOBUF, (bytes) => {
    const families = readProtobuf(bytes);
    return families.flatMap(({ metrics }) => metrics.map(({ labels }) => labels[0]?.value));
  }],
};

for (const [format, [request, read]] of Object.entries(READERS)) {
  Deno.test(`Encoder neither omits nor repeats series that move while it writes ${format}`, async () => {
    const encoder = makeEncoder();
    const counter = new Counter("jobs_total", "", { labels: ["i"] });
    for (let i = 0; i < SIZE; i++) counter.labels(`${i}`);
    using _clock = new StoppedClock({ step: 5 });
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < SIZE; i++) counter.labels(`${i}`).inc();
      let moves = 0;
      let isWriting = true;
      const move = () => {
        counter.remove(`${moves}`);
        counter.labels(`${moves++}`).inc();
        if (isWriting) setImmediate(move);
      };
      setImmediate(move);
      using exposition = await encoder.encode([liveFamily(counter)], request);
      isWriting = false;
      assert(moves > 0);
      const series = read(exposition.bytes());
      assertEquals([series.length, new Set(series).size], [SIZE, SIZE]);
    }
  });
}

Deno.test("Encoder detects changes in merged blocks", async () => {
  const encoder = makeEncoder();
  const counter = makeCounter();
  const valueOf = async (i: string) => {
    using exposition = await encoder.encode([liveFamily(counter)], TEXT);
    return exposition.text().match(`"${i}"} (.*)`)?.[1];
  };
  assertEquals(await valueOf("599"), "100");
  counter.labels("599").inc();
  for (let i = 0; i < 590; i++) {
    if (i !== 5) counter.remove(`${i}`);
  }
  assertEquals(liveFamily(counter).blocks.length, 1);
  assertEquals(await valueOf("599"), "101");
  counter.labels("599").inc();
  assertEquals([await valueOf("599"), await valueOf("5")], ["102", "100"]);
});

Deno.test("Registry reuses the bytes of a family that is requested alone", async () => {
  const registry = new Registry();
  for (const name of ["a_total", "b_total"]) {
    const counter = registry.register(new Counter(name, "", { labels: ["i"] }));
    for (let i = 0; i < 600; i++) counter.labels(`${i}`).inc();
  }
  const whole = await registry.expose();
  const alone = await registry.expose({ filter: { names: ["b_total"] } });
  const buffers = new Set(whole.chunks.map(({ buffer }) => buffer));
  const lines = alone.chunks.filter(({ byteLength }) => byteLength > 1000);
  assertEquals([lines.length, lines.every(({ buffer }) => buffers.has(buffer))], [2, true]);
});

/** Encodes, and tells how many chunks are those of the last time. */
async function countReused(
  encoder: Encoder,
  counter: ReturnType<typeof makeCounter>,
  variant: FormatVariant,
): Promise<number> {
  const encode = () => encoder.encode([liveFamily(counter)], { variant, encoding: "identity" });
  using before = await encode();
  using after = await encode();
  const buffers = new Set(before.chunks.map(({ buffer }) => buffer));
  return after.chunks.filter(({ buffer }) => buffers.has(buffer)).length;
}

const ESCAPED: FormatVariant[] = (["underscores", "dots", "values"] as const)
  .map((escaping) => ({ ...OPENMETRICS, escaping }));

Deno.test("Encoder drops what is kept for variants that are not asked for again", async () => {
  const counter = makeCounter();
  let now = 0;
  const encoder = makeEncoder({ maxKeptBytes: 30_000, now: () => ++now });
  for (const variant of ESCAPED) await countReused(encoder, counter, variant);
  for (let i = 0; i < 2; i++) {
    using _ = await encoder.encode([liveFamily(counter)], TEXT);
    assert(encoder.keptBytes <= 30_000);
  }
  assertEquals(await countReused(encoder, counter, DEFAULT_VARIANT), 3);
  assert(encoder.keptBytes <= 30_000);
});

Deno.test("Encoder keeps a share for each variant that is asked for in turns", async () => {
  const counter = makeCounter();
  let now = 0;
  const encoder = makeEncoder({ maxKeptBytes: 40_000, now: () => ++now });
  const ask = async (variant: FormatVariant) => {
    using exposition = await encoder.encode([liveFamily(counter)], {
      variant,
      encoding: "identity",
    });
    return exposition.chunks.map(({ buffer }) => buffer);
  };
  for (let i = 0; i < 4; i++) {
    for (const variant of [DEFAULT_VARIANT, OPENMETRICS]) await ask(variant);
  }
  for (const variant of [DEFAULT_VARIANT, OPENMETRICS]) {
    const before = new Set(await ask(variant));
    await ask(variant === OPENMETRICS ? DEFAULT_VARIANT : OPENMETRICS);
    const reused = (await ask(variant)).filter((buffer) => before.has(buffer));
    assert(reused.length > 0, variant.format);
    assert(encoder.keptBytes <= 40_000);
  }
});
