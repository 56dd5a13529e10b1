import { assertEquals, assertStringIncludes } from "@std/assert";
import { Exporter, Registry } from "@exporter/prometheus";
import { WireWriter } from "../../encode/protobuf_wire.ts";
import { OtlpReceiver } from "../../otlp/receiver.ts";
import { OTLP_LIMITS } from "../../model/otlp_limits.ts";
import { type FixtureMetric, otlpRequest } from "../support/otlp.ts";

const JSON_TYPE = { "content-type": "application/json" };

function post(body: BodyInit, headers: HeadersInit = JSON_TYPE): Request {
  return new Request("http://localhost/v1/metrics", { method: "POST", body, headers });
}

function sum(value: number, more: Record<string, unknown> = {}): FixtureMetric {
  const point = { asDouble: value, timeUnixNano: "2000000000", ...more };
  return {
    name: "http.requests",
    sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [point] },
  };
}

Deno.test("OtlpReceiver.receive() takes JSON through an exporter, and only if that is enabled", async () => {
  const options = { configFile: false, registry: new Registry(), runtimeMetrics: false } as const;
  await using off = new Exporter(options);
  assertEquals((await off.fetch(post("{}"))).status, 404);
  await using exporter = new Exporter({ ...options, otlp: true });
  const response = await exporter.fetch(post(JSON.stringify(otlpRequest(sum(3)))));
  assertEquals([response.status, await response.text()], [200, "{}"]);
  const text = await (await exporter.fetch(new Request("http://localhost/metrics"))).text();
  assertStringIncludes(text, 'http_requests_total{job="shop/cart",instance="a",');
});

Deno.test("OtlpReceiver.receive() takes protobuf and gzip", async () => {
  const writer = new WireWriter();
  const path = [1, 2, 2].map((field) => writer.begin(field));
  writer.string(1, "queue.size");
  const gauge = writer.begin(5);
  const point = writer.begin(1);
  writer.double(4, 7);
  for (const start of [point, gauge, ...path.reverse()]) writer.end(start);
  const body = new Response(writer.take()).body!.pipeThrough(new CompressionStream("gzip"));
  const receiver = new OtlpReceiver();
  const headers = { "content-type": "application/x-protobuf", "content-encoding": "gzip" };
  assertEquals(
    (await receiver.receive(post(await new Response(body).blob(), headers))).status,
    200,
  );
  assertEquals(receiver.collect()[0]!.samples.map(({ series, value }) => [series, value]), [
    ["queue_size", 7],
  ]);
});

Deno.test("OtlpReceiver.receive() refuses bodies that are invalid, too large or of another type", async () => {
  const receiver = new OtlpReceiver({ limits: { ...OTLP_LIMITS, maxBodyBytes: 1000 } });
  const statusOf = async (body: BodyInit, headers: HeadersInit = JSON_TYPE) =>
    (await receiver.receive(post(body, headers))).status;
  const bomb = new Response("[".repeat(100_000)).body!.pipeThrough(new CompressionStream("gzip"));
  const protobuf = { "content-type": "application/x-protobuf" };
  assertEquals(
    [
      await statusOf("{"),
      await statusOf(new Uint8Array([10, 255, 255, 255, 255, 15]), protobuf),
      await statusOf(await new Response(bomb).blob(), { ...JSON_TYPE, "content-encoding": "gzip" }),
      await statusOf("{}", { "content-type": "text/plain" }),
      await statusOf("{}", { ...JSON_TYPE, "content-encoding": "br" }),
    ],
    [400, 400, 413, 415, 415],
  );
});

Deno.test("OtlpReceiver.receive() answers with a partial success beyond the limit of series", async () => {
  const receiver = new OtlpReceiver({ limits: { ...OTLP_LIMITS, maxSeries: 1 } });
  const second = { ...sum(2), name: "other" };
  const { status, body } = await receiver.receive(
    post(JSON.stringify(otlpRequest(sum(1), second))),
  );
  assertEquals([status, JSON.parse(new TextDecoder().decode(body))], [200, {
    partialSuccess: { rejectedDataPoints: "1", errorMessage: "series_limit: 1" },
  }]);
});
