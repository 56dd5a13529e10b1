import { assertEquals, assertGreater } from "@std/assert";
import { createLogger, Exporter, Metric, Registry } from "@exporter/prometheus";
import { Process } from "./process.ts";
import { Prometheus } from "./prometheus.ts";
import { withTools } from "./tool.ts";

/** Starts the example as its header says, on a port of its own. */
function startExample(): Process {
  return Process.deno(["run", "-A", "examples/basic.ts", "-p", "0"]);
}

async function hostOf(example: Process): Promise<string> {
  const [, host = ""] = await example.line(/http:\/\/(127\.0\.0\.1:\d+)\//);
  return host;
}

Deno.test(
  withTools(["promtool"], {
    name: "promtool accepts what the example exposes",
    fn: async () => {
      await using example = startExample();
      const response = await fetch(`http://${await hostOf(example)}/metrics`);
      await using promtool = new Process("promtool", ["check", "metrics"]);
      await promtool.write(await response.text());
      await promtool.endInput();
      const { code } = await promtool.ended();
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
      assertEquals(await prometheus.metadata("process_cpu_seconds_total", "everything"), [
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
        "process 1",
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

/** An exporter with hostile labels, whose scrapers are recorded. */
class Recorder implements AsyncDisposable {
  readonly encodings = new Set<string>();
  readonly #exporter: Exporter;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#exporter = new Exporter({
      configFile: false,
      registry: new Registry(),
      logger: createLogger("test", { write: () => {} }),
    });
    this.#exporter.collector("hanging", () => new Promise(() => {}));
    this.#exporter.collector("quick", () => [
      ...HOSTILE.map((value, i) =>
        new Metric("hostile", { type: "gauge", labels: { hostile: value, i: `${i}` }, value: i })
      ),
    ]);
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const response = await this.#exporter.fetch(request);
        this.encodings.add(`${response.headers.get("content-encoding")}`);
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

Deno.test(
  withTools(["prometheus"], {
    name: "Prometheus gets what is there when a collector hangs",
    fn: async (t) => {
      await using recorder = new Recorder();
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

      await t.step("scrape after scrape", async () => {
        const [scrapes] = await prometheus.until("count_over_time(up[1m]) >= 3");
        assertGreater(Number(scrapes?.value), 2);
        assertEquals((await prometheus.query("min_over_time(up[1m])"))[0]?.value, "1");
      });
    },
  }),
);
