import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { Counter, Gauge, Metric, parseProtobuf, Registry } from "../mod.ts";
import { deleteGroup, push, pushAdd, PushError, type PushOptions } from "../push.ts";

interface Received {
  method: string;
  path: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
}

/** A gateway that gives these answers one after another, and then accepts everything. */
function startGateway(...answers: (() => Response | Promise<Response>)[]) {
  const received: Received[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { method, url, headers } = request;
    received.push({ method, path: new URL(url).pathname, headers, body: await request.bytes() });
    return await answers.shift()?.() ?? new Response(null, { status: 202 });
  });
  return {
    received,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function makeRegistry(): Registry {
  const registry = new Registry();
  const jobs = registry.register(new Counter("jobs_total", "Jobs.", { labels: ["queue"] }));
  jobs.labels("a").inc(3);
  return registry;
}

Deno.test("push(), pushAdd() and deleteGroup() send what the Pushgateway expects", async () => {
  await using gateway = startGateway();
  const options = { url: `${gateway.url}/base/`, job: "backup", grouping: { instance: "a/b" } };
  await push(makeRegistry(), options);
  await pushAdd(makeRegistry(), options);
  await deleteGroup(options);
  const path = "/base/metrics/job/backup/instance@base64/YS9i";
  assertEquals(gateway.received.map(({ method, path }) => [method, path]), [
    ["PUT", path],
    ["POST", path],
    ["DELETE", path],
  ]);
  const [{ headers, body } = {} as Received] = gateway.received;
  assertEquals(
    headers.get("content-type")?.split(";").slice(0, 3).map((part) => part.trim()),
    [
      "application/vnd.google.protobuf",
      "proto=io.prometheus.client.MetricFamily",
      "encoding=delimited",
    ],
  );
  const [family] = parseProtobuf(body);
  assertEquals([family?.name, family?.samples[0]?.value], ["jobs_total", 3]);
});

Deno.test("push() authenticates, and sends other headers", async () => {
  await using gateway = startGateway();
  const base = { url: gateway.url, job: "x", headers: { "x-scope": "a" } };
  await push(makeRegistry(), { ...base, basicAuth: { username: "ü", password: "p:w" } });
  await push(makeRegistry(), { ...base, bearerToken: "t" });
  assertEquals(gateway.received.map(({ headers }) => headers.get("authorization")), [
    `Basic ${new TextEncoder().encode("ü:p:w").toBase64()}`,
    "Bearer t",
  ]);
  assertEquals(gateway.received[0]!.headers.get("x-scope"), "a");
});

Deno.test("push() says what the Pushgateway answered, and does not repeat what it will not accept", async () => {
  await using gateway = startGateway(() =>
    new Response("pushed metrics are invalid", { status: 400 })
  );
  const error = await assertRejects(
    () => push(makeRegistry(), { url: gateway.url, job: "x" }),
    PushError,
    `Cannot push to ${gateway.url}: status 400: pushed metrics are invalid`,
  );
  assertEquals([error.status, gateway.received.length], [400, 1]);
});

Deno.test("push() tries again after errors of the server, when it is asked to", async () => {
  const refuse = (status: number) => () =>
    new Response("later", { status, headers: { "retry-after": "0" } });
  await using gateway = startGateway(refuse(503), refuse(429), refuse(500));
  await push(makeRegistry(), { url: gateway.url, job: "x" });
  assertEquals(gateway.received.length, 4);
  await using other = startGateway(refuse(503), refuse(503));
  const error = await assertRejects(
    () => push(makeRegistry(), { url: other.url, job: "x", retries: 1 }),
    PushError,
    "status 503: later, after 2 attempts",
  );
  assertEquals([error.status, other.received.length], [503, 2]);
});

Deno.test("push() ends attempts that take too long", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<Response>();
  await using gateway = startGateway(() => released);
  await assertRejects(
    () => push(makeRegistry(), { url: gateway.url, job: "x", timeout: 0.05, retries: 0 }),
    PushError,
    "no answer within 0.05 s",
  );
  release(new Response());
});

Deno.test("push() fails if nothing listens", async () => {
  const url = await (async () => {
    await using gateway = startGateway();
    return gateway.url;
  })();
  const error = await assertRejects(
    () => push(makeRegistry(), { url, job: "x", retries: 0 }),
    PushError,
  );
  assertStringIncludes(error.message, `Cannot push to ${url}: `);
  assertEquals(error.status, undefined);
});

Deno.test("push() ends with its signal, also between attempts", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  await using gateway = startGateway(() => {
    queueMicrotask(() => controller.abort(reason));
    return new Response("", { status: 503, headers: { "retry-after": "20" } });
  });
  const error = await assertRejects(
    () => push(makeRegistry(), { url: gateway.url, job: "x", signal: controller.signal }),
  );
  assertStrictEquals(error, reason);
  assertEquals(gateway.received.length, 1);
});

Deno.test("push() follows no redirects, which would send credentials elsewhere", async () => {
  await using other = startGateway();
  await using gateway = startGateway(() => Response.redirect(other.url, 307));
  await assertRejects(
    () => push(makeRegistry(), { url: gateway.url, job: "x", bearerToken: "t", retries: 0 }),
    PushError,
  );
  assertEquals(other.received, []);
});

Deno.test("push() replaces nothing by a part of the metrics", async () => {
  await using gateway = startGateway();
  const registry = makeRegistry();
  registry.register({ collect: () => Promise.reject(new Error("no disk")) }, { name: "disk" });
  const error = await assertRejects(
    () => push(registry, { url: gateway.url, job: "x" }),
    AggregateError,
    'Cannot push: collector "disk" failed',
  );
  assertEquals((error.errors[0] as Error).message, "no disk");
  assertEquals(gateway.received, []);
});

Deno.test("push() rejects series with another value of a grouping label", async () => {
  await using gateway = startGateway();
  const registry = new Registry();
  const gauge = registry.register(new Gauge("g", "G.", { labels: ["instance"] }));
  gauge.labels("a").set(1);
  const options = { url: gateway.url, job: "x", grouping: { instance: "a" } };
  await push(registry, options);
  gauge.labels("b").set(1);
  await assertRejects(
    () => push(registry, options),
    RangeError,
    'Cannot push: g{instance="b"} has another value of "instance" than the grouping key',
  );
  assertEquals(gateway.received.length, 1);
});

const URL_OF_NOBODY = "http://127.0.0.1:1";

for (
  const [options, failure, message] of [
    [{ url: "gateway:9091", job: "x" }, RangeError, "expected an http: or https: URL"],
    [{ url: URL_OF_NOBODY }, TypeError, "expected a string as job"],
    [{ url: URL_OF_NOBODY, job: "" }, RangeError, "a text that is not empty"],
    [{ url: URL_OF_NOBODY, job: "x", grouping: { job: "y" } }, RangeError, 'no label "job"'],
    [{ url: URL_OF_NOBODY, job: "x", grouping: { "a b": "y" } }, RangeError, "a b"],
    [{ url: URL_OF_NOBODY, job: "x", timeout: 0 }, RangeError, "seconds above 0"],
    [{ url: URL_OF_NOBODY, job: "x", retries: 0.5 }, RangeError, "an integer of 0 or more"],
    [{ url: URL_OF_NOBODY, job: "x", tiemout: 1 }, TypeError, 'did you mean "timeout"?'],
    [
      {
        url: URL_OF_NOBODY,
        job: "x",
        bearerToken: "t",
        basicAuth: { username: "u", password: "" },
      },
      RangeError,
      "expected basicAuth or bearerToken, got both",
    ],
  ] as [PushOptions, typeof TypeError, string][]
) {
  Deno.test(`deleteGroup() rejects ${JSON.stringify(options)}`, async () => {
    await assertRejects(() => deleteGroup(options), failure, message);
  });
}

Deno.test("an empty value of a grouping label is part of the key", async () => {
  await using gateway = startGateway();
  await deleteGroup({ url: gateway.url, job: "x", grouping: { instance: "" } });
  assertEquals(gateway.received[0]?.path, "/metrics/job/x/instance@base64/=");
});

Deno.test("push() sends what collectors return", async () => {
  await using gateway = startGateway();
  const registry = new Registry();
  registry.register({ collect: () => [new Metric("a", { type: "gauge", value: 2 })] });
  await push(registry, { url: gateway.url, job: "x" });
  const names = parseProtobuf(gateway.received[0]!.body).map(({ name }) => name);
  assert(names.includes("a"));
});
