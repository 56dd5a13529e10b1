import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Counter } from "../counter.ts";
import { Exporter } from "../exporter.ts";
import { Gauge } from "../gauge.ts";
import { Histogram } from "../histogram.ts";
import { Registry } from "../registry.ts";
import {
  assertExposition,
  type AssertExpositionOptions,
  assertSampleValue,
  assertValidExposition,
  type Exposed,
  sampleValue,
} from "../testing.ts";

function makeRegistry(): Registry {
  const registry = new Registry();
  const jobs = new Counter("jobs_total", "Jobs done.", { labels: ["queue", "worker"] });
  registry.register(jobs).labels("mail", "1").inc(2);
  registry.register(new Histogram("seconds", "How long.", { buckets: [1] })).observe(0.5);
  return registry;
}

Deno.test("sampleValue() finds the series with exactly these labels", async () => {
  const registry = makeRegistry();
  const value = (...args: [name: string, labels?: Record<string, string>]) =>
    sampleValue(registry, ...args);
  assertEquals(await value("jobs_total", { worker: "1", queue: "mail" }), 2);
  assertEquals(await value("jobs_total", { queue: "mail" }), undefined);
  assertEquals(await value("jobs_total", { worker: "2", queue: "mail" }), undefined);
  assertEquals(await value("jobs_total"), undefined);
  assertEquals(await value("seconds_count"), 1);
  assertEquals(await value("seconds_bucket", { le: "+Inf" }), 1);
});

const EXPECTED = `
  # HELP jobs_total Jobs done.
  # TYPE jobs_total counter
  jobs_total{queue="mail",worker="1"} 2
`;

Deno.test("assertExposition() accepts an equal exposition", async () => {
  const names = ["jobs_total"];
  const exposition = await makeRegistry().expose({ filter: { names: new Set(names) } });
  await assertExposition(makeRegistry(), EXPECTED, { names });
  await assertExposition(exposition, EXPECTED);
  await assertExposition(exposition.text(), EXPECTED);
  await assertExposition(new Response(exposition.stream()), EXPECTED);
});

Deno.test("assertExposition() shows missing and unexpected lines", async () => {
  const error = await assertRejects(
    () =>
      assertExposition(
        makeRegistry(),
        `${EXPECTED.replace(" 2\n", " 3\n")}jobs_total{queue="mail",worker="2"} 1`,
        { names: ["jobs_total"] },
      ),
    Error,
  );
  assertEquals(
    error.message,
    `The exposition is not as expected (+ unexpected, - missing):
  # HELP jobs_total Jobs done.
  # TYPE jobs_total counter
+ jobs_total{queue="mail",worker="1"} 2
- jobs_total{queue="mail",worker="1"} 3
- jobs_total{queue="mail",worker="2"} 1

jobs_total{queue="mail",worker="1"} is 2, expected 3
jobs_total{queue="mail",worker="2"} is missing, the nearest one is jobs_total{queue="mail",worker="1"} 2`,
  );
});

Deno.test("assertExposition() gives no reasons where only metadata differs", async () => {
  const error = await assertRejects(() => assertExposition("a 1\n", "# TYPE a gauge\na 1"), Error);
  assertEquals(
    error.message,
    "The exposition is not as expected (+ unexpected, - missing):\n- # TYPE a gauge\n  a 1",
  );
});

Deno.test("assertExposition() says how to leave out families that nobody expects", async () => {
  const error = await assertRejects(() => assertExposition(makeRegistry(), EXPECTED), Error);
  assertEquals(
    error.message.split("\n").at(-1),
    "To compare some families only, name them in the option names",
  );
});

/** The same metrics in every form. */
const FORMS: Record<string, () => Exposed | Promise<Exposed>> = {
  "an exporter": makeExporter,
  "a registry": makeRegistry,
  "an exposition": () => makeRegistry().expose(),
  "a compressed exposition": () => makeRegistry().expose({ encoding: "gzip" }),
  "an exposition compressed with zstd": () => makeRegistry().expose({ encoding: "zstd" }),
  "a response": () => makeExporter().fetch(new Request("http://localhost/metrics")),
  "a text": async () => (await makeRegistry().expose()).text(),
};

function makeExporter(): Exporter {
  return new Exporter({ configFile: false, registry: makeRegistry(), runtimeMetrics: false });
}

for (const [form, make] of Object.entries(FORMS)) {
  Deno.test(`sampleValue() reads ${form}`, async () => {
    const labels = { worker: "1", queue: "mail" };
    assertEquals(await sampleValue(await make(), "jobs_total", labels), 2);
    assertEquals(await sampleValue(await make(), "seconds_bucket", { le: "+Inf" }), 1);
    assertEquals(await sampleValue(await make(), "jobs_total"), undefined);
  });

  Deno.test(`assertSampleValue() reads ${form}`, async () => {
    const labels = { queue: "mail", worker: "1" };
    await assertSampleValue(await make(), "jobs_total", labels, 2);
    const failure = async (...args: [labels: Record<string, string>, expected: number]) => {
      const exposed = await make();
      const { message } = await assertRejects(
        () => assertSampleValue(exposed, "jobs_total", ...args),
        Error,
      );
      return message;
    };
    assertEquals(
      await failure(labels, 3),
      'The exposition is not as expected: jobs_total{queue="mail",worker="1"} is 2, expected 3',
    );
    assertEquals(
      await failure({ queue: "mial", worker: "1" }, 2),
      'The exposition is not as expected: jobs_total{queue="mial",worker="1"} is missing, ' +
        'the nearest one is jobs_total{queue="mail",worker="1"} 2',
    );
  });

  Deno.test(`assertExposition() and assertValidExposition() check families of ${form}`, async () => {
    const names = ["jobs_total"];
    await assertExposition(await make(), EXPECTED, { names });
    await assertValidExposition(await make());
    await assertValidExposition(await make(), { names });
    const exposed = await make();
    await assertRejects(
      () => assertExposition(exposed, EXPECTED, { names: ["seconds"] }),
      Error,
      '\n+ seconds_bucket{le="1"} 1\n',
    );
  });
}

Deno.test("assertSampleValue() accepts NaN, and says when nothing is similar", async () => {
  await assertSampleValue("a NaN\n", "a", {}, NaN);
  await assertRejects(
    () => assertSampleValue("a 1\n", "requests_total", {}, 1),
    Error,
    "requests_total is missing, no similar one exists",
  );
});

Deno.test("sampleValue() finds UTF-8 names of a registry and an exporter", async () => {
  const registry = new Registry({ utf8Names: true });
  registry.register(new Gauge("a.b", "", { labels: ["c.d"], utf8Names: true })).labels("e").set(5);
  await using exporter = new Exporter({ configFile: false, registry });
  for (const exposed of [registry, exporter]) {
    assertEquals(await sampleValue(exposed, "a.b", { "c.d": "e" }), 5);
  }
});

Deno.test("sampleValue() reads OpenMetrics and protobuf by the names of the text format", async () => {
  for (const format of ["openmetrics", "protobuf"] as const) {
    const exposition = await makeRegistry().expose({ format });
    assertEquals(await sampleValue(exposition, "jobs_total", { queue: "mail", worker: "1" }), 2);
  }
});

Deno.test("assertValidExposition() ignores families that are not named", async () => {
  const registry = makeRegistry();
  registry.register(new Gauge("waitingTime_ms", ""));
  await assertValidExposition(registry, { names: ["jobs_total"] });
  await assertRejects(() => assertValidExposition(registry, { names: ["waitingTime_ms"] }), Error);
});

Deno.test("assertValidExposition() accepts responses of an exporter in every format and encoding", async () => {
  const exporter = new Exporter({ configFile: false, registry: makeRegistry() });
  for (const accept of ["text/plain", "application/openmetrics-text; version=1.0.0"]) {
    for (const encoding of ["identity", "gzip", "zstd"]) {
      const headers = { accept, "accept-encoding": encoding };
      const request = new Request("http://localhost/metrics", { headers });
      await assertValidExposition(await exporter.fetch(request));
    }
  }
  await exporter.shutdown();
  await assertValidExposition(makeRegistry());
});

Deno.test("assertValidExposition() rejects invalid text", async () => {
  await assertRejects(() => assertValidExposition("a 1"), SyntaxError);
  await assertRejects(() => assertValidExposition("a 1\na 1\n"), SyntaxError);
});

Deno.test("assertValidExposition() rejects a response with an error status or without a body", async () => {
  for (const response of [new Response("", { status: 503 }), new Response(null)]) {
    await assertRejects(
      () => assertValidExposition(response),
      Error,
      "The response is not an exposition",
    );
  }
});

Deno.test("assertExposition() rejects protobuf", async () => {
  const exposition = await makeRegistry().expose({ format: "protobuf" });
  const message = "Cannot read exposition as text: it is protobuf";
  await assertRejects(() => assertExposition(exposition, ""), TypeError, message);
});

Deno.test("assertValidExposition() finds problems in protobuf", async () => {
  const variant = { format: "protobuf", encoding: "gzip" } as const;
  const exposition = await makeRegistry().expose(variant);
  await assertValidExposition(exposition);
  const headers = { "content-type": exposition.contentType, "content-encoding": "gzip" };
  await assertValidExposition(new Response(exposition.bytes(), { headers }));
  const registry = new Registry();
  registry.register(new Gauge("waitingTime_ms", ""));
  const wrong = await registry.expose(variant);
  await assertRejects(() => assertValidExposition(wrong), Error, "waitingTime_ms: no help text");
  const broken = await makeRegistry().expose({ format: "protobuf" });
  const response = new Response(broken.bytes().slice(0, -1), {
    headers: { "content-type": broken.contentType },
  });
  await assertRejects(() => assertValidExposition(response), SyntaxError, "more bytes");
});

Deno.test("assertValidExposition() lists all violated naming rules", async () => {
  const registry = new Registry();
  registry.register(new Gauge("waitingTime_ms", ""));
  const error = await assertRejects(() => assertValidExposition(registry), Error);
  assertEquals(
    error.message,
    `The exposition violates rules:
waitingTime_ms: no help text
waitingTime_ms: do not abbreviate units, such as "ms"
waitingTime_ms: use snake_case instead of camelCase`,
  );
});

for (
  const [what, text] of [
    [
      "decreasing buckets",
      '# HELP a_seconds A.\n# TYPE a_seconds histogram\na_seconds_bucket{le="1"} 2\na_seconds_bucket{le="+Inf"} 1\n',
    ],
    [
      "a missing +Inf bucket",
      '# HELP a_seconds A.\n# TYPE a_seconds histogram\na_seconds_bucket{le="1"} 2\n',
    ],
    ["a negative counter", "# HELP a_total A.\n# TYPE a_total counter\na_total -1\n"],
  ]
) {
  Deno.test(`assertValidExposition() finds ${what} in the text format`, async () => {
    const error = await assertRejects(() => assertValidExposition(text!), Error);
    assertStringIncludes(error.message, "its values are impossible for");
    assertStringIncludes(error.message, `got ${text!.trimEnd().split("\n").at(-1)}`);
  });
}

for (
  const contentType of [
    "application/json",
    "text/plain",
    "text/plain; version=9",
    "text/plain; version=0.0.4; charset=latin1",
    "text/plain; version=0.0.4; version=0.0.4",
    "text/plain; version=0.0.4; utf-8",
    "application/openmetrics-text; version=2.0.0; charset=utf-8",
  ]
) {
  Deno.test(`assertValidExposition() rejects a response of ${contentType}`, async () => {
    const response = new Response("", { headers: { "content-type": contentType } });
    await assertRejects(() => assertValidExposition(response), Error);
  });
}

Deno.test("assertValidExposition() accepts a response in text or OpenMetrics", async () => {
  const registry = new Registry();
  registry.register(new Counter("jobs_total", "Jobs.")).inc();
  for (const format of ["text", "openmetrics"] as const) {
    const exposition = await registry.expose({ format });
    const headers = { "content-type": exposition.contentType };
    await assertValidExposition(new Response(exposition.bytes(), { headers }));
  }
});

Deno.test("assertExposition() rejects unknown options", async () => {
  await assertRejects(
    () => assertExposition("", "", { name: ["x"] } as AssertExpositionOptions),
    TypeError,
    'Cannot compare exposition: unknown option "name", did you mean "names"?',
  );
});
