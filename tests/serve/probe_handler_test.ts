import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Gauge } from "../../gauge.ts";
import { Metric } from "../../metric.ts";
import { SILENT } from "../../model/logger.ts";
import type { Probe, ProbeContext } from "../../probe.ts";
import { selfResolving } from "../../probes/module.ts";
import type { Lookup } from "../../probes/resolver.ts";
import { TargetPolicy } from "../../probes/target_policy.ts";
import { Registry } from "../../registry.ts";
import { ThrottledLog } from "../../serve/log_throttle.ts";
import { type ProbeDefinition, ProbeHandler } from "../../serve/probe_handler.ts";
import { type Client, requestOf } from "../../serve/request.ts";
import { responseOf } from "../../serve/response.ts";
import { until } from "../support/until.ts";

const PUBLIC: Lookup = () => Promise.resolve(["93.184.216.34"]);

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

/** A handler with a log. */
class Subject {
  readonly logged: string[] = [];
  now = 0;
  readonly handler: ProbeHandler;

  constructor(probe: Probe, definition: Partial<ProbeDefinition> = {}, lookup: Lookup = PUBLIC) {
    const log = (message: string, { error }: Record<string, unknown> = {}) =>
      void this.logged.push(`${message}: ${error}`);
    this.handler = new ProbeHandler({
      path: "/probe",
      modules: { probe },
      policy: new TargetPolicy(),
      isAllowed: () => true,
      timeout: 10,
      maxConcurrent: 2,
      discover: undefined,
      ...definition,
    }, {
      registry: new Registry(),
      limits: () => ({ minTimeout: 0.001, maxTimeout: 120 }),
      logger: SILENT,
      log: new ThrottledLog({ ...SILENT, warn: log, error: log }),
      startUp: () => Promise.resolve(),
      isReady: () => true,
      gatherOptions: (options) => ({ ...options, labels: { site: "north" } }),
      lookup,
      now: () => this.now,
    });
  }

  async get(
    query: string,
    headers: Record<string, string> = {},
    client?: Client,
  ): Promise<Response> {
    const request = new Request(`http://localhost/probe${query}`, { headers });
    return responseOf(await this.handler.handle(requestOf(request, client)));
  }

  async text(query: string, headers: Record<string, string> = {}): Promise<string> {
    return (await (await this.get(query, headers)).text()).replaceAll(
      /(?<=_seconds\{.*\} )[\d.e-]+/g,
      "#",
    );
  }
}

Deno.test("ProbeHandler exposes what the probe registers, with its success and duration", async () => {
  const subject = new Subject(({ registry, target, module, params }) => {
    registry.register(new Gauge("device_up", "Whether it is up.", { labels: ["target", "x"] }))
      .labels({ target: `${target} ${module}`, x: `${params.get("x")}` }).set(1);
  });
  assertEquals(
    await subject.text("?target=https://example.com/a&module=m&x=1"),
    `# HELP device_up Whether it is up.
# TYPE device_up gauge
device_up{site="north",target="https://example.com/a m",x="1"} 1
# HELP probe_duration_seconds Duration of the probe.
# TYPE probe_duration_seconds gauge
probe_duration_seconds{site="north"} #
# HELP probe_success Whether the probe succeeded.
# TYPE probe_success gauge
probe_success{site="north"} 1
# HELP probe_timeout_seconds Time that the probe had.
# TYPE probe_timeout_seconds gauge
probe_timeout_seconds{site="north"} #
`,
  );
});

Deno.test("ProbeHandler runs collectors that the probe registers", async () => {
  const subject = new Subject(({ registry }) => {
    registry.register({ collect: () => [new Metric("device_up", { value: 1 })] });
  });
  assertStringIncludes(await subject.text("?target=a.example"), 'device_up{site="north"} 1');
});

Deno.test("ProbeHandler answers a failed probe with probe_success 0, and logs why", async () => {
  const subject = new Subject(() => {
    throw new Error("no answer");
  });
  const response = await subject.get("?target=a.example");
  assertEquals(response.status, 200);
  assertStringIncludes(await response.text(), 'probe_success{site="north"} 0\n');
  await subject.text("?target=b.example");
  assertEquals(subject.logged, ["probe failed: Error: no answer"]);
  assertEquals(subject.handler.results.get("failure"), 2);
});

Deno.test("ProbeHandler keeps what a failed probe has registered", async () => {
  const subject = new Subject(({ registry }) => {
    registry.register(new Gauge("steps", "Steps.")).set(2);
    return Promise.reject(undefined);
  });
  const text = await subject.text("?target=a.example");
  assertStringIncludes(text, 'probe_success{site="north"} 0\n');
  assertStringIncludes(text, 'steps{site="north"} 2\n');
});

Deno.test("ProbeHandler does not let a probe take names that are its own", async () => {
  const subject = new Subject(({ registry }) =>
    void registry.register(new Gauge("probe_success", "Mine.")).set(1)
  );
  assertStringIncludes(await subject.text("?target=a.example"), 'probe_success{site="north"} 0\n');
});

Deno.test("ProbeHandler ends a probe at the deadline of the scraper", async () => {
  let seen: ProbeContext | undefined;
  const subject = new Subject((context) => {
    seen = context;
    return new Promise((_, reject) => {
      context.signal.addEventListener("abort", () => reject(context.signal.reason));
    });
  });
  const text = await subject.text("?target=a.example", {
    "x-prometheus-scrape-timeout-seconds": "0.04",
  });
  assertStringIncludes(text, 'probe_success{site="north"} 0\n');
  assert(seen?.signal.aborted);
  assertStringIncludes(subject.logged[0]!, "TimeoutError");
  assertEquals(subject.handler.running, 0);
});

Deno.test("ProbeHandler gives a probe no more than its own timeout", async () => {
  const subject = new Subject(() => {}, { timeout: 3, modules: { probe: () => {}, timeout: 2 } });
  const headers = { "x-prometheus-scrape-timeout-seconds": "10" };
  const text = await (await subject.get("?target=a.example", headers)).text();
  const timeout = Number(/^probe_timeout_seconds\{.*\} (.*)$/m.exec(text)?.[1]);
  assert(timeout > 0 && timeout <= 2, `${timeout}`);
});

Deno.test("ProbeHandler answers while a probe ignores its signal, and counts it until it ends", async () => {
  const end = Promise.withResolvers<void>();
  const subject = new Subject(() => end.promise, { maxConcurrent: 1 });
  const headers = { "x-prometheus-scrape-timeout-seconds": "0.02" };
  assertEquals((await subject.get("?target=a.example", headers)).status, 200);
  assertEquals(subject.handler.running, 1);
  assertEquals((await subject.get("?target=a.example", headers)).status, 503);
  end.resolve();
  await until("the probe to end", () => subject.handler.running === 0);
  assertEquals(subject.handler.results.get("busy"), 1);
});

Deno.test("ProbeHandler gives up a probe that never ends, a minute after its deadline", async () => {
  const subject = new Subject(() => new Promise(() => {}), { maxConcurrent: 1 });
  const headers = { "x-prometheus-scrape-timeout-seconds": "0.02" };
  await subject.text("?target=a.example", headers);
  subject.now = 59;
  assertEquals(subject.handler.running, 1);
  subject.now = 61;
  assertEquals(subject.handler.running, 0);
});

Deno.test("ProbeHandler runs no more probes at a time than it may, of 1000 requests", async () => {
  let running = 0;
  let most = 0;
  const subject = new Subject(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 10));
    running--;
  }, { maxConcurrent: 7 });
  const responses = await Promise.all(
    Array.from({ length: 1000 }, (_, i) => subject.get(`?target=t${i}.example`)),
  );
  const statuses = responses.map(({ status }) => status);
  await Promise.all(responses.map((response) => response.text()));
  assertEquals([most, statuses.filter((status) => status === 200).length], [7, 7]);
  assertEquals(statuses.filter((status) => status === 503).length, 993);
});

Deno.test("ProbeHandler keeps nothing of the targets that it has probed", async () => {
  const registries: WeakRef<Registry>[] = [];
  const subject = new Subject(({ registry }) => {
    registry.register(new Gauge("a", "A.")).set(1);
    registries.push(new WeakRef(registry));
  });
  for (let i = 0; i < 2000; i++) await subject.text(`?target=t${i}.example`);
  // A turn of the event loop ends what keeps the targets of weak references.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collectGarbage();
  const kept = registries.filter((registry) => registry.deref() !== undefined).length;
  assert(kept < 20, `${kept} registries`);
});

Deno.test("ProbeHandler aborts a probe when the client disconnects", async () => {
  const gone = new AbortController();
  let isAborted = false;
  const subject = new Subject(({ signal }) => {
    gone.abort();
    isAborted = signal.aborted;
  });
  const client = { address: "", isLoopback: false, gone: gone.signal };
  assertEquals((await subject.get("?target=a.example", {}, client)).status, 499);
  assert(isAborted);
  assertEquals(subject.handler.results.get("gone"), 1);
});

const INVALID: [query: string, message: string][] = [
  ["", 'Cannot probe without a target: expected the parameter "target"\n'],
  ["?target=", 'Cannot probe without a target: expected the parameter "target"\n'],
  ["?target=a&target=b", 'Cannot probe: expected the parameter "target" once\n'],
  ["?target=a&module=b&module=b", 'Cannot probe: expected the parameter "module" once\n'],
  [
    "?target=a@b",
    'Cannot probe "a@b": expected no user name and no password\n',
  ],
];

for (const [query, message] of INVALID) {
  Deno.test(`ProbeHandler answers ${query || "no query"} with status 400`, async () => {
    const subject = new Subject(() => {});
    const response = await subject.get(query);
    assertEquals([response.status, await response.text()], [400, message]);
    assertEquals(subject.handler.results.get("invalid"), 1);
  });
}

Deno.test("ProbeHandler selects modules by name, by default the first one", async () => {
  const ran: string[] = [];
  const modules = new Map(
    ["first", "second"].map((name) => [name, { probe: () => void ran.push(name) }]),
  );
  const subject = new Subject(() => {}, { modules });
  await subject.text("?target=a.example");
  await subject.text("?target=a.example&module=second");
  assertEquals(ran, ["first", "second"]);
  assertEquals(
    await subject.text("?target=a.example&module=third"),
    'Cannot probe with module "third": expected one of first, second\n',
  );
});

Deno.test("ProbeHandler refuses private addresses without running the probe", async () => {
  const subject = new Subject(
    () => {
      throw new Error("ran");
    },
    {},
    () => Promise.resolve(["10.0.0.1"]),
  );
  for (const target of ["evil.example", "0x7f.1", "http://[::ffff:a9fe:a9fe]/"]) {
    assertEquals((await subject.get(`?target=${target}`)).status, 403, target);
  }
  assertEquals(subject.handler.results.get("refused"), 3);
  assert(subject.logged.every((line) => line.startsWith("probe refused")));
});

Deno.test("ProbeHandler resolves a name once for the check and the probe", async () => {
  let count = 0;
  const addresses = ["93.184.216.34", "127.0.0.1"];
  let used = "";
  const subject = new Subject(
    async ({ target, resolve }) => {
      used = (await resolve(target)).address;
    },
    {},
    () => Promise.resolve([addresses[count++]!]),
  );
  await subject.text("?target=rebind.example");
  assertEquals([used, count], ["93.184.216.34", 1]);
});

Deno.test("ProbeHandler counts a name that does not resolve as a failure of the target", async () => {
  const subject = new Subject(() => {}, {}, () => Promise.reject(new Error("ENOTFOUND")));
  const text = await subject.text("?target=nowhere.example");
  assertStringIncludes(text, 'probe_success{site="north"} 0\n');
  assertEquals(subject.logged, ["probe failed: Error: ENOTFOUND"]);
});

Deno.test("ProbeHandler does not run a probe that might resolve a name again", async () => {
  let count = 0;
  const probe = () => void count++;
  const lookup = () => Promise.reject(new Error("ENOTFOUND"));
  await new Subject(probe, {}, lookup).text("?target=nowhere.example");
  assertEquals(count, 0);
  selfResolving.add(probe);
  await new Subject(probe, {}, lookup).text("?target=nowhere.example");
  assertEquals(count, 1);
});

Deno.test("ProbeHandler does not wait for a resolver beyond the deadline", async () => {
  const lookup = () => new Promise<string[]>(() => {});
  const subject = new Subject(() => {}, { maxConcurrent: 1 }, lookup);
  const text = await subject.text("?target=slow.example", {
    "x-prometheus-scrape-timeout-seconds": "0.04",
  });
  assertStringIncludes(text, 'probe_success{site="north"} 0\n');
  assertEquals((await subject.get("?target=slow.example")).status, 503);
});

Deno.test("ProbeHandler takes any text as target without a policy", async () => {
  const isAllowed = (target: string) => target.startsWith("device ");
  const lookup = () => Promise.reject(new Error("resolved"));
  const subject = new Subject(() => {}, { policy: undefined, isAllowed }, lookup);
  assertStringIncludes(await subject.text("?target=device%207"), 'probe_success{site="north"} 1');
  assertEquals((await subject.get("?target=other")).status, 403);
});

Deno.test("ProbeHandler refuses what pages of other sites make a browser ask", async () => {
  const subject = new Subject(() => {
    throw new Error("ran");
  });
  const headers = { "sec-fetch-site": "cross-site" };
  assertEquals((await subject.get("?target=a.example", headers)).status, 403);
  assertEquals(subject.logged, []);
});

Deno.test("ProbeHandler negotiates the format and the coding", async () => {
  const subject = new Subject(() => {});
  const response = await subject.get("?target=a.example", {
    "accept": "application/openmetrics-text;version=1.0.0",
    "accept-encoding": "gzip",
  });
  assertEquals(
    response.headers.get("content-type"),
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
  );
  assertEquals(response.headers.get("content-encoding"), "gzip");
  const body = response.body!.pipeThrough(new DecompressionStream("gzip"));
  assertStringIncludes(await new Response(body).text(), "# EOF");
});

Deno.test("ProbeHandler answers debug=1 with the log and the metrics", async () => {
  const modules = {
    probe: ({ logger }: ProbeContext) => {
      logger.info("connecting", { port: 80, to: "a b" });
      throw new Error("refused");
    },
    settings: 'prober = "http"',
  };
  const subject = new Subject(() => {}, { modules });
  const response = await subject.get("?target=a.example&debug=1");
  assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
  const text = (await response.text()).replaceAll(/\d+\.[\de.-]+/g, "#");
  assertStringIncludes(
    text,
    `Log of the probe:

# info  connecting port=80 to="a b"
# error probe failed seconds=# error="Error: refused"


Metrics that would have been returned:

# HELP probe_duration_seconds`,
  );
  assertStringIncludes(text, 'Settings of the module:\n\nprober = "http"\n');
});

Deno.test("ProbeHandler keeps a bounded log", async () => {
  const subject = new Subject(({ logger }) => {
    for (let i = 0; i < 5000; i++) logger.debug("x".repeat(1000));
  });
  const text = await subject.text("?target=a.example&debug=1");
  assert(text.length < 200_000, `${text.length}`);
});

Deno.test("ProbeHandler is not ready before its exporter is", async () => {
  const subject = new Subject(() => {});
  const notReady = new ProbeHandler(subject.handler.definition, {
    registry: new Registry(),
    limits: () => ({ minTimeout: 0.001, maxTimeout: 120 }),
    logger: SILENT,
    log: new ThrottledLog(SILENT),
    startUp: () => Promise.resolve(),
    isReady: () => false,
    gatherOptions: (options) => options,
  });
  const request = requestOf(new Request("http://localhost/probe?target=a.example"));
  assertEquals((await notReady.handle(request)).status, 503);
});
