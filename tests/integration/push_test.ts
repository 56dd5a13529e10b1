import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Counter, Gauge, Histogram, parseExposition, Registry } from "@exporter/prometheus";
import { deleteGroup, push, pushAdd, PushError, writeTextfile } from "@exporter/prometheus/push";
import { Program, ROOT } from "../support/program.ts";
import { until } from "../support/until.ts";
import { freePort } from "./network.ts";
import { withTools } from "./tool.ts";

const PUSHGATEWAY = fileURLToPath(new URL(".parts/prometheus-pushgateway", ROOT));
const NODE_EXPORTER = fileURLToPath(new URL(".parts/prometheus-node-exporter", ROOT));

/** Starts a program that listens on a port of its own. */
async function start(program: string, args: readonly string[] = []) {
  const url = `http://127.0.0.1:${freePort()}`;
  const running = new Program(program, [`--web.listen-address=${new URL(url).host}`, ...args]);
  await until(
    `${program} to listen`,
    () => fetch(`${url}/metrics`).then((response) => response.text(), () => undefined),
  );
  return {
    url,
    /** The values of the series that begin with a text. */
    async values(prefix: string): Promise<Record<string, number>> {
      const text = await (await fetch(`${url}/metrics`)).text();
      const samples = parseExposition(text).flatMap(({ samples }) => samples);
      return Object.fromEntries(
        samples.filter(({ series }) => series.startsWith(prefix)).map(({ series, value }) => [
          series,
          value,
        ]),
      );
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

function makeRegistry(...names: string[]): Registry {
  const registry = new Registry();
  for (const [i, name] of names.entries()) {
    registry.register(new Gauge(name, "Pushed.", { labels: ["l"] })).labels("v").set(i + 1);
  }
  return registry;
}

Deno.test(withTools([PUSHGATEWAY], {
  name: "a real Pushgateway takes groups, adds to them, replaces and deletes them",
  fn: async () => {
    await using gateway = await start(PUSHGATEWAY);
    const odd = { url: gateway.url, job: "odd/job", grouping: { path: "/var/tmp", none: "" } };
    const even = { url: gateway.url, job: "even job ü" };
    await push(makeRegistry("pushed_a", "pushed_b"), odd);
    await push(makeRegistry("pushed_a"), even);
    const labels = 'job="odd/job",l="v",path="/var/tmp"';
    const other = 'job="even job ü",l="v"';
    assertEquals(await gateway.values("pushed_"), {
      [`pushed_a{${labels}}`]: 1,
      [`pushed_a{${other}}`]: 1,
      [`pushed_b{${labels}}`]: 2,
    });
    await pushAdd(makeRegistry("pushed_c", "pushed_b"), odd);
    assertEquals(Object.keys(await gateway.values("pushed_")).length, 4);
    await push(makeRegistry("pushed_d"), odd);
    assertEquals(await gateway.values("pushed_"), {
      [`pushed_a{${other}}`]: 1,
      [`pushed_d{${labels}}`]: 1,
    });
    await deleteGroup(odd);
    assertEquals(await gateway.values("pushed_"), { [`pushed_a{${other}}`]: 1 });
  },
}));

Deno.test(withTools([PUSHGATEWAY], {
  name:
    "a real Pushgateway takes histograms, native ones as well, and refuses what is inconsistent",
  fn: async () => {
    await using gateway = await start(PUSHGATEWAY);
    const registry = new Registry();
    const options = { buckets: [1, 2], native: {} } as const;
    registry.register(new Histogram("pushed_seconds", "Took.", options)).observe(1.5);
    await push(registry, { url: gateway.url, job: "x" });
    const values = await gateway.values("pushed_seconds");
    assertEquals(values['pushed_seconds_bucket{job="x",le="2"}'], 1);
    const accept =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text";
    const response = await fetch(`${gateway.url}/metrics`, { headers: { accept } });
    assert((await response.text()).includes("positive_span"), "the native buckets are missing");

    const counter = new Registry();
    counter.register(new Counter("pushed_seconds", "Another type.")).inc();
    const error = await assertRejects(
      () => push(counter, { url: gateway.url, job: "y" }),
      PushError,
      "status 400: ",
    );
    assertEquals(error.status, 400);
  },
}));

Deno.test(withTools([NODE_EXPORTER], {
  name: "a real node_exporter reads what writeTextfile() writes",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await writeTextfile(makeRegistry("pushed_a"), `${folder}/job.prom`);
      await using exporter = await start(NODE_EXPORTER, [
        "--collector.disable-defaults",
        "--collector.textfile",
        `--collector.textfile.directory=${folder}`,
      ]);
      assertEquals(await exporter.values("pushed_"), { 'pushed_a{l="v"}': 1 });
      assertEquals(await exporter.values("node_textfile_scrape_error"), {
        node_textfile_scrape_error: 0,
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
