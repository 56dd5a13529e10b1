import { assertEquals, assertGreater } from "@std/assert";
import {
  type Collect,
  createLogger,
  Exporter,
  Metric,
  MetricFamily,
  Registry,
} from "@exporter/prometheus";
import { parseBound } from "../../escape.ts";
import { Program } from "../program.ts";
import { Prometheus } from "./prometheus.ts";
import { withTools } from "./tool.ts";

/** Starts the example as its header says, on a port of its own. */
function startExample(): Program {
  return Program.deno(["run", "-A", "examples/basic.ts", "-p", "0"]);
}

async function hostOf(example: Program): Promise<string> {
  const [, host = ""] = await example.line(/http:\/\/(127\.0\.0\.1:\d+)\//);
  return host;
}

Deno.test(
  withTools(["promtool"], {
    name: "promtool accepts what the example exposes",
    fn: async () => {
      await using example = startExample();
      const response = await fetch(`http://${await hostOf(example)}/metrics`);
      await using promtool = new Program("promtool", ["check", "metrics"]);
      await promtool.write(await response.text());
      await promtool.endInput();
      const { code } = await promtool.status();
      assertEquals(promtool.lines, []);
      assertEquals(code, 0);
    },
  }),
);

Deno.test(withTools(["prometheus"], {
  name: "Prometheus scrapes the example",
  fn: async (t) => {
    await using example = startExample();
    const host = await hostOf(example);
    await using prometheus = await Prometheus.start(`
  - job_name: everything
    static_configs: [{ targets: ["${host}"] }]
  - job_name: selected
    params: { "collect[]": [default, load], floor: ["1"] }
    static_configs: [{ targets: ["${host}"] }]
`);
    const target = { instance: host, job: "everything" };
    await prometheus.until('up{job="everything"} == 1');
    await prometheus.until('up{job="selected"} == 1');

    await t.step("with the metrics of its configuration", async () => {
      assertEquals(
        await prometheus.query('{job="everything",__name__=~"doors_open|building_info"}'),
        [
          {
            labels: {
              __name__: "building_info",
              architect: "unknown",
              built: "1928",
              site: "north",
              ...target,
            },
            value: "1",
          },
          {
            labels: { __name__: "doors_open", floor: "1", site: "north", ...target },
            value: "2",
          },
        ],
      );
    });

    await t.step("with figures of the machine", async () => {
      for (const name of ["node_load1", "node_memory_total_bytes", "node_filesystem_files"]) {
        const [series] = await prometheus.query(`${name}{job="everything"}`);
        assertEquals(series?.labels["site"], "north");
        assertEquals(Number.isFinite(Number(series?.value)), true);
      }
      const [memory] = await prometheus.query('process_resident_memory_bytes{job="everything"}');
      assertGreater(Number(memory?.value), 1e7);
    });

    await t.step("with types and help texts", async () => {
      assertEquals(await prometheus.metadata("doors_open", "everything"), [
        { type: "gauge", help: "Doors open now." },
      ]);
      // In OpenMetrics the metadata of a counter are those of a family without the suffix.
      assertEquals(await prometheus.metadata("process_cpu_seconds", "everything"), [
        { type: "counter", help: "Total user and system CPU time spent in seconds." },
      ]);
    });

    await t.step("with a success of every collector", async () => {
      const series = await prometheus.query('exporter_collector_success{job="everything"}');
      assertEquals(series.map(({ labels, value }) => `${labels["collector"]} ${value}`).sort(), [
        "default 1",
        "filesystem 1",
        "load 1",
        "memory 1",
      ]);
    });

    await t.step("with parameters that select", async () => {
      const series = await prometheus.query('{job="selected",__name__!~"up|scrape_.*"}');
      assertEquals(series.map(({ labels }) => labels["__name__"]), ["doors_open"]);
    });
  },
}));

/** Label values that are hard to quote, escape, or tell from the end of something. */
const HOSTILE = [
  "\\",
  "\\n",
  "\n",
  '"',
  '\\"',
  "}",
  '"} 1\n# TYPE injected gauge\ninjected 1',
  "#",
  " a  b\t",
  "\r",
  "\u0001\u007f\u0085",
  "\u2028",
  "ünï — 東京 🚪",
  "e\u0301",
  "{{ $labels }}",
  "${HOME}",
  "%2F",
  "x".repeat(2000),
];

/** An exporter whose scrapers are recorded. Who scrapes `/text` gets the text format. */
class Recorder implements AsyncDisposable {
  readonly encodings = new Set<string>();
  readonly contentTypes = new Set<string>();
  readonly #exporter: Exporter;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(collectors: Record<string, Collect>) {
    this.#exporter = new Exporter({
      configFile: false,
      registry: new Registry(),
      runtimeMetrics: false,
      logger: createLogger("test", { write: () => {} }),
    });
    for (const [name, collect] of Object.entries(collectors)) {
      this.#exporter.collector(name, collect);
    }
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const isText = new URL(request.url).pathname === "/text";
        const asked = isText ? asText(request) : request;
        const response = await this.#exporter.fetch(asked);
        this.encodings.add(`${response.headers.get("content-encoding")}`);
        this.contentTypes.add(`${response.headers.get("content-type")}`);
        return response;
      },
    );
  }

  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.#exporter.shutdown();
  }
}

function asText(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set("accept", "text/plain;version=0.0.4");
  return new Request(new URL("/metrics", request.url), { headers });
}

function* hostile(): Iterable<Metric> {
  for (const [i, value] of HOSTILE.entries()) {
    const labels = { hostile: value, i: `${i}` };
    yield new Metric("hostile", { type: "gauge", labels, value: i });
  }
}

Deno.test(
  withTools(["prometheus"], {
    name: "Prometheus gets what is there when a collector hangs",
    fn: async (t) => {
      await using recorder = new Recorder({ hanging: () => new Promise(() => {}), quick: hostile });
      await using prometheus = await Prometheus.start(`
  - job_name: hanging
    scrape_timeout: 1s
    static_configs: [{ targets: ["${recorder.host}"] }]
`);
      await prometheus.until('up{job="hanging"} == 1');

      await t.step("and which collector that is", async () => {
        const series = await prometheus.query("exporter_collector_success");
        const success = series.map(({ labels, value }) => [labels["collector"], value]);
        assertEquals(Object.fromEntries(success), { default: "1", hanging: "0", quick: "1" });
      });

      await t.step("with label values byte for byte", async () => {
        const series = await prometheus.query("sort(hostile)");
        assertEquals(series.map(({ labels }) => labels["hostile"]), HOSTILE);
        assertEquals(await prometheus.query("injected"), []);
      });

      await t.step("compressed", () => {
        assertEquals([...recorder.encodings], ["gzip"]);
      });

      await t.step("as OpenMetrics", () => {
        assertEquals([...recorder.contentTypes], [
          "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
        ]);
      });

      await t.step("scrape after scrape", async () => {
        const [scrapes] = await prometheus.until("count_over_time(up[1m]) >= 3");
        assertGreater(Number(scrapes?.value), 2);
        assertEquals((await prometheus.query("min_over_time(up[1m])"))[0]?.value, "1");
      });
    },
  }),
);

/** Families of every type, and some whose type OpenMetrics does not accept. */
function everything(): MetricFamily[] {
  const exemplar = { labels: { trace_id: "oHg5SJYRHA0" }, value: 0.7 };
  return [
    new MetricFamily("temperature_celsius", { type: "gauge", unit: "celsius", help: 'So "warm".' })
      .add(-0.1 - 0.2, { room: "hall" }).add(NaN, { room: "attic" }).add(Infinity)
      .add(-Infinity, { room: "cellar" }).add(5e-324, { room: "bath" }).add(2 ** 53, { room: "a" }),
    new MetricFamily("jobs_total", { type: "counter", help: "Jobs done." })
      .add(3, { queue: "a" }, { exemplar }).add(1e21, { queue: "b" }),
    new MetricFamily("falling_total", { type: "counter" }).add(-1),
    new MetricFamily("clicks", { type: "counter" }).add(4),
    new MetricFamily("clicks_total", { type: "counter" }).add(5),
    new MetricFamily("wait_seconds", { type: "histogram", unit: "seconds" })
      .add(1, { le: "0.5" }, { suffix: "_bucket" })
      .add(2, { le: "1" }, { suffix: "_bucket", exemplar })
      .add(3, { le: "1000000" }, { suffix: "_bucket" })
      .add(3, { le: "+Inf" }, { suffix: "_bucket" })
      .add(100.5, {}, { suffix: "_sum" }).add(3, {}, { suffix: "_count" }),
    new MetricFamily("frost_celsius", { type: "histogram" })
      .add(1, { le: "-10" }, { suffix: "_bucket" }).add(1, { le: "+Inf" }, { suffix: "_bucket" })
      .add(-12, {}, { suffix: "_sum" }).add(1, {}, { suffix: "_count" }),
    new MetricFamily("queue", { type: "gaugehistogram" })
      .add(1, { le: "1" }, { suffix: "_bucket" }).add(2, { le: "+Inf" }, { suffix: "_bucket" })
      .add(5, {}, { suffix: "_gsum" }).add(2, {}, { suffix: "_gcount" }),
    new MetricFamily("size_bytes", { type: "summary" })
      .add(10, { quantile: "1" }).add(NaN, { quantile: "0.5" })
      .add(20, {}, { suffix: "_sum" }).add(2, {}, { suffix: "_count" }),
    new MetricFamily("build_info", { type: "info" }).add(1, { version: "1.2" }),
    new MetricFamily("door_state", { type: "stateset" })
      .add(1, { door_state: "open" }).add(0, { door_state: "shut" }),
    new MetricFamily("other").add(1, { le: "1" }),
  ];
}

Deno.test(
  withTools(["prometheus"], {
    name: "Prometheus scrapes OpenMetrics",
    fn: async (t) => {
      await using recorder = new Recorder({ everything, hostile });
      await using prometheus = await Prometheus.start(
        `
  - job_name: openmetrics
    static_configs: [{ targets: ["${recorder.host}"] }]
  - job_name: text
    metrics_path: /text
    static_configs: [{ targets: ["${recorder.host}"] }]
`,
        { features: ["exemplar-storage"] },
      );
      await prometheus.until('up{job="openmetrics"} == 1');
      await prometheus.until('up{job="text"} == 1');

      await t.step("and text", () => {
        assertEquals([...recorder.contentTypes].sort(), [
          "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
          "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
        ]);
      });

      await t.step(
        "with the series and values that text has, but for how bounds are written",
        async () => {
          const read = async (job: string) => {
            const varying = "up|scrape_.*|.*_collector_duration_seconds";
            const series = await prometheus.query(`{job="${job}",__name__!~"${varying}"}`);
            return series.map(({ labels, value }) => {
              const { job: _, instance: __, le = "", quantile = "", ...others } = labels;
              const bounds = `le ${parseBound(le)}, quantile ${parseBound(quantile)}`;
              return JSON.stringify([...Object.entries(others).sort(), bounds, value]);
            }).sort();
          };
          const series = await read("openmetrics");
          const samples = everything().reduce((sum, { samples }) => sum + samples.length, 0);
          assertGreater(series.length, samples + HOSTILE.length);
          assertEquals(series, await read("text"));
        },
      );

      await t.step("with canonical bounds", async () => {
        const series = await prometheus.query('wait_seconds_bucket{job="openmetrics"}');
        assertEquals(series.map(({ labels }) => labels["le"]).sort(), [
          "+Inf",
          "0.5",
          "1.0",
          "1e+06",
        ]);
      });

      await t.step("with types, help texts and families of their own", async () => {
        const metadata = (name: string) => prometheus.metadata(name, "openmetrics");
        assertEquals(await metadata("temperature_celsius"), [
          { type: "gauge", help: 'So "warm".' },
        ]);
        assertEquals(await metadata("jobs"), [{ type: "counter", help: "Jobs done." }]);
        assertEquals(await metadata("build"), [{ type: "info", help: "" }]);
        assertEquals(await metadata("queue"), [{ type: "gaugehistogram", help: "" }]);
        assertEquals(await metadata("falling_total"), [{ type: "unknown", help: "" }]);
        assertEquals(await metadata("frost_celsius_bucket"), [{ type: "unknown", help: "" }]);
      });

      await t.step("with exemplars", async () => {
        const counted = await prometheus.exemplars('jobs_total{job="openmetrics"}');
        assertEquals(
          counted.map(({ series, labels, value }) => [series["queue"], labels, Number(value)]),
          [["a", { trace_id: "oHg5SJYRHA0" }, 0.7]],
        );
        const observed = await prometheus.exemplars('wait_seconds_bucket{job="openmetrics"}');
        assertEquals(
          observed.map(({ series, labels, value }) => [series["le"], labels, Number(value)]),
          [["1.0", { trace_id: "oHg5SJYRHA0" }, 0.7]],
        );
        assertEquals(await prometheus.exemplars('{job="text"}'), []);
      });
    },
  }),
);
