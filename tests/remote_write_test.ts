import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import protobuf from "protobufjs";
import { uncompress } from "snappyjs";
import { Counter, Gauge, Histogram, Metric, Registry } from "../mod.ts";
import { remoteWrite, type RemoteWriteOptions } from "../remote_write.ts";

const SCHEMA = protobuf.parse(`
syntax = "proto3";
message Sample { double value = 1; int64 timestamp = 2; }
message Span { sint32 offset = 1; uint32 length = 2; }
message Histogram {
  uint64 count = 1; double sum = 3; sint32 schema = 4;
  repeated Span positiveSpans = 11; repeated sint64 positiveDeltas = 12; int64 timestamp = 15;
}
message Exemplar { repeated uint32 labels = 1; double value = 2; int64 timestamp = 3; }
message Metadata { uint32 type = 1; uint32 help = 3; uint32 unit = 4; }
message Series {
  repeated uint32 labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 3;
  repeated Exemplar exemplars = 4; Metadata metadata = 5; int64 created = 6;
}
message Request { repeated string symbols = 4; repeated Series series = 5; }
message OldLabel { string name = 1; string value = 2; }
message OldSeries { repeated OldLabel labels = 1; repeated Sample samples = 2; }
message OldRequest { repeated OldSeries series = 1; }
`).root;

/** A sample that a receiver stored, with the bits of its value in hexadecimal digits if that is NaN. */
interface Stored {
  readonly labels: string;
  readonly value: number;
  readonly timestamp: number;
}

const WRITTEN = { "x-prometheus-remote-write-samples-written": "1" };

function accept(): Response {
  return new Response(null, { status: 204, headers: WRITTEN });
}

/** A receiver that gives these answers one after another, and then accepts everything. It stores what it accepts. */
function startReceiver(...answers: (() => Response | Promise<Response>)[]) {
  const stored: Stored[] = [];
  const requests: { headers: Headers; body: Uint8Array; status: number }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const body = uncompress(await request.bytes());
    const response = await (answers.shift() ?? accept)();
    requests.push({ headers: request.headers, body, status: response.status });
    if (response.ok) stored.push(...decode(request.headers, body));
    return response;
  });
  return {
    stored,
    requests,
    url: `http://127.0.0.1:${server.addr.port}/write`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

// deno-lint-ignore no-explicit-any
function message(type: string, body: Uint8Array): any {
  const decoder = SCHEMA.lookupType(type);
  return decoder.toObject(decoder.decode(body), { longs: Number, defaults: true });
}

function decode(headers: Headers, body: Uint8Array): Stored[] {
  if (headers.get("x-prometheus-remote-write-version") === "0.1.0") {
    // deno-lint-ignore no-explicit-any
    return message("OldRequest", body).series.map(({ labels, samples }: any) => ({
      // deno-lint-ignore no-explicit-any
      labels: labels.map(({ name, value }: any) => `${name}=${value}`).join(),
      ...samples[0],
    }));
  }
  const { symbols, series } = message("Request", body);
  // deno-lint-ignore no-explicit-any
  return series.map(({ labels, samples, histograms }: any) => {
    const texts = labels.map((ref: number) => symbols[ref]);
    const pairs = texts.flatMap((text: string, i: number) =>
      i % 2 === 0 ? [`${text}=${texts[i + 1]}`] : []
    );
    const { value = histograms[0]?.count, timestamp = histograms[0]?.timestamp } = samples[0] ?? {};
    return { labels: pairs.join(), value, timestamp };
  });
}

function own(stored: readonly Stored[]): Stored[] {
  return stored.filter(({ labels }) => labels.startsWith("__name__=x"));
}

function start(registry: Registry, url: string, options: Partial<RemoteWriteOptions> = {}) {
  return remoteWrite(registry, { url, interval: 3600, ...options });
}

Deno.test("remoteWrite() sends samples with metadata, exemplars and creation times as 2.0", async () => {
  await using receiver = startReceiver();
  const registry = new Registry();
  const counter = registry.register(new Counter("x_total", "Help."));
  counter.inc(3, { trace_id: "a" });
  await using writer = start(registry, receiver.url, { externalLabels: { a: "b" } });
  await writer.flush();
  const { headers, body } = receiver.requests[0]!;
  assertEquals(headers.get("content-encoding"), "snappy");
  assertEquals(
    headers.get("content-type"),
    "application/x-protobuf;proto=io.prometheus.write.v2.Request",
  );
  const { symbols, series } = message("Request", body);
  assertEquals(symbols[0], "");
  // deno-lint-ignore no-explicit-any
  const found = series.find(({ labels }: any) => symbols[labels[1]] === "x_total");
  assertEquals(found.labels.map((ref: number) => symbols[ref]), ["__name__", "x_total", "a", "b"]);
  assertEquals(found.samples[0].value, 3);
  assertEquals(symbols[found.metadata.help], "Help.");
  assertEquals(found.metadata.type, 1);
  assertEquals(found.exemplars[0].labels.map((ref: number) => symbols[ref]), ["trace_id", "a"]);
  assert(found.created <= found.samples[0].timestamp);
});

Deno.test("remoteWrite() sends a native histogram as one series", async () => {
  await using receiver = startReceiver();
  const registry = new Registry();
  registry.register(new Histogram("x_seconds", "Help.", { buckets: [1], native: {} })).observe(2);
  await using writer = start(registry, receiver.url);
  await writer.flush();
  assertEquals(own(receiver.stored).map(({ labels, value }) => [labels, value]), [
    ["__name__=x_seconds", 1],
  ]);
});

for (
  const [how, answer] of [
    ["answers 415", () => new Response("no", { status: 415 })],
    ["does not say what it wrote", () => new Response(null, { status: 204 })],
  ] as const
) {
  Deno.test(`remoteWrite() changes to 1.0 if the receiver ${how}`, async () => {
    await using receiver = startReceiver(answer);
    const registry = new Registry();
    registry.register(new Gauge("x", "Help.", { labels: ["l"] })).labels("v").set(2);
    await using writer = start(registry, receiver.url);
    await writer.flush();
    const [first, second] = receiver.requests;
    assertEquals(first!.headers.get("x-prometheus-remote-write-version"), "2.0.0");
    assertEquals(second!.headers.get("x-prometheus-remote-write-version"), "0.1.0");
    assertEquals(own(receiver.stored).at(-1)!.labels, "__name__=x,l=v");
    assertEquals(own(receiver.stored).at(-1)!.value, 2);
  });
}

Deno.test("remoteWrite() tries again after 429 and 500, and not after 400", async () => {
  const answer = (status: number) => () =>
    new Response("why", { status, headers: { "retry-after": "0" } });
  await using receiver = startReceiver(answer(429), answer(500), answer(400));
  const registry = new Registry();
  const gauge = registry.register(new Gauge("x", "Help."));
  await using writer = start(registry, receiver.url);
  await writer.flush();
  assertEquals(receiver.requests.map(({ status }) => status), [429, 500, 400]);
  gauge.set(1);
  await writer.flush();
  assertEquals(own(receiver.stored).map(({ value }) => value), [1]);
  const { families } = await registry.gather();
  const total = (name: string) =>
    families.find((family) => family.name === name)!.samples[0]!.value;
  assert(total("remote_write_samples_failed_total") > 0);
  assertEquals(
    total("remote_write_samples_retried_total"),
    2 * total("remote_write_samples_failed_total"),
  );
  assert(total("remote_write_last_success_timestamp_seconds") > 0);
});

Deno.test("remoteWrite() sends only changed series with onlyChanged", async () => {
  await using receiver = startReceiver();
  const registry = new Registry();
  const gauge = registry.register(new Gauge("x", "Help.", { labels: ["l"] }));
  gauge.labels("a").set(1);
  gauge.labels("b").set(1);
  await using writer = start(registry, receiver.url, { onlyChanged: true });
  await writer.flush();
  gauge.labels("b").set(2);
  await writer.flush();
  assertEquals(own(receiver.stored).map(({ labels, value }) => [labels, value]), [
    ["__name__=x,l=a", 1],
    ["__name__=x,l=b", 1],
    ["__name__=x,l=b", 2],
  ]);
});

Deno.test("remoteWrite() never sends a timestamp of a series twice", async () => {
  await using receiver = startReceiver();
  const registry = new Registry();
  registry.register({ collect: () => [new Metric("x", { value: 1, timestamp: new Date(1000) })] });
  await using writer = start(registry, receiver.url);
  await writer.flush();
  await writer.flush();
  assertEquals(own(receiver.stored).map(({ timestamp }) => timestamp), [1000]);
});

Deno.test("remoteWrite() marks removed series as stale, and with staleAtEnd all of them", async () => {
  await using receiver = startReceiver();
  const registry = new Registry();
  const gauge = registry.register(new Gauge("x", "Help.", { labels: ["l"] }));
  gauge.labels("a").set(1);
  gauge.labels("b").set(1);
  const writer = start(registry, receiver.url, { staleAtEnd: true });
  await writer.flush();
  gauge.remove("a");
  await writer.flush();
  const stale = () =>
    own(receiver.stored).filter(({ value }) => Number.isNaN(value)).map(({ labels }) => labels);
  assertEquals(stale(), ["__name__=x,l=a"]);
  await writer[Symbol.asyncDispose]();
  assertEquals(stale(), ["__name__=x,l=a", "__name__=x,l=b"]);
  const marker = new Uint8Array([9, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f]).toHex();
  assert(receiver.requests.at(-1)!.body.toHex().includes(marker));
});

Deno.test("remoteWrite() drops the oldest samples beyond maxQueueBytes, and ends in time", async () => {
  const fail = () => new Response(null, { status: 503, headers: { "retry-after": "100" } });
  await using receiver = startReceiver(fail);
  const registry = new Registry();
  registry.register(new Gauge("x", "Help."));
  const writer = start(registry, receiver.url, { maxQueueBytes: 50, shutdownTimeout: 0.05 });
  await writer[Symbol.asyncDispose]();
  assertEquals(receiver.requests.length, 1);
  assertEquals(receiver.stored, []);
});

Deno.test("remoteWrite() loses nothing, repeats nothing and keeps the order, whatever the receiver answers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(204, 204, 429, 500, 503), { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      async (statuses, rounds) => {
        const answers = statuses.map((status) => () =>
          status === 204
            ? accept()
            : new Response(null, { status, headers: { "retry-after": "0" } })
        );
        await using receiver = startReceiver(...answers);
        const registry = new Registry();
        const gauge = registry.register(new Gauge("x", "Help.", { labels: ["l"] }));
        const writer = start(registry, receiver.url, { maxSamplesPerRequest: 3 });
        for (let round = 0; round < rounds; round++) {
          for (const label of ["a", "b"]) gauge.labels(label).set(round);
          await writer.flush();
        }
        await writer[Symbol.asyncDispose]();
        for (const label of ["a", "b"]) {
          const found = own(receiver.stored).filter(({ labels }) => labels.endsWith(label));
          const times = found.map(({ timestamp }) => timestamp);
          assertEquals(times, [...new Set(times)].sort((a, b) => a - b));
          assertEquals(
            found.map(({ value }) => value),
            [...Array(rounds).keys(), rounds - 1],
          );
        }
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("remoteWrite() checks its options", () => {
  const url = "http://127.0.0.1/";
  assertThrows(() => remoteWrite(new Registry(), { url: "x" }), RangeError, "http: or https: URL");
  assertThrows(
    () => remoteWrite(new Registry(), { url, interval: 0 }),
    RangeError,
    "Cannot start remote write: expected interval to be seconds above 0, got 0",
  );
  assertThrows(
    () => remoteWrite(new Registry(), { url, intervall: 1 } as RemoteWriteOptions),
    TypeError,
    'did you mean "interval"?',
  );
});
