import { assertEquals, assertGreater } from "@std/assert";
import { Program } from "../support/program.ts";
import { everything, HOSTILE, hostile } from "./everything.ts";
import { Prometheus, type Release, RELEASES } from "./prometheus.ts";
import { Recorder } from "./recorder.ts";
import { withTools } from "./tool.ts";

/** Starts the example as its header says, on a port of its own. */
function startExample(): Program {
  return Program.deno(["run", "-A", "examples/basic.ts", "-p", "0"]);
}

async function hostOf(example: Program): Promise<string> {
  const [, host = ""] = await example.line(/http:\/\/(127\.0\.0\.1:\d+)\//);
  return host;
}

/** The escaping scheme that a release asks for by default. */
function escapingOf({ major }: Release): string {
  return major < 3 ? "underscores" : "allow-utf-8";
}

for (const release of RELEASES) {
  Deno.test(
    withTools([release.promtool], {
      name: `promtool of ${release.name} accepts what the example exposes`,
      fn: async () => {
        await using example = startExample();
        const response = await fetch(`http://${await hostOf(example)}/metrics`);
        await using promtool = new Program(release.promtool, ["check", "metrics"]);
        await promtool.write(await response.text());
        await promtool.endInput();
        const { code } = await promtool.status();
        assertEquals(promtool.lines, []);
        assertEquals(code, 0);
      },
    }),
  );
}

for (const release of RELEASES) {
  Deno.test(withTools([release.prometheus], {
    name: `${release.name} scrapes the example`,
    fn: async (t) => {
      await using example = startExample();
      const host = await hostOf(example);
      await using prometheus = await Prometheus.start(
        `
  - job_name: everything
    static_configs: [{ targets: ["${host}"] }]
  - job_name: selected
    params: { "collect[]": [default, load], floor: ["1"] }
    static_configs: [{ targets: ["${host}"] }]
`,
        { release },
      );
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
}

for (const release of RELEASES) {
  Deno.test(
    withTools([release.prometheus], {
      name: `${release.name} gets what is there when a collector hangs`,
      fn: async (t) => {
        await using recorder = new Recorder({
          hanging: () => new Promise(() => {}),
          quick: hostile,
        });
        await using prometheus = await Prometheus.start(
          `
  - job_name: hanging
    scrape_timeout: 1s
    static_configs: [{ targets: ["${recorder.host}"] }]
`,
          { release },
        );
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
            `application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=${
              escapingOf(release)
            }`,
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
}

for (const release of RELEASES) {
  Deno.test(
    withTools([release.prometheus], {
      name: `${release.name} scrapes OpenMetrics`,
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
          { release, features: ["exemplar-storage"] },
        );
        await prometheus.until('up{job="openmetrics"} == 1');
        await prometheus.until('up{job="text"} == 1');

        await t.step("and text", () => {
          assertEquals([...recorder.contentTypes].sort(), [
            `application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=${
              escapingOf(release)
            }`,
            "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
          ]);
        });

        await t.step(
          "with the series and values that text has, but for how bounds are written",
          async () => {
            const series = await prometheus.exposed("openmetrics");
            const samples = everything().reduce((sum, { samples }) => sum + samples.length, 0);
            assertGreater(series.length, samples + HOSTILE.length);
            assertEquals(series, await prometheus.exposed("text"));
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
}
