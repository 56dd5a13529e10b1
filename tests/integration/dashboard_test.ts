import { assert, assertEquals } from "@std/assert";
import {
  Counter,
  Exporter,
  Histogram,
  Info,
  Registry,
  StateSet,
  Summary,
} from "@exporter/prometheus";
import { Program } from "../support/program.ts";
import { everything } from "./everything.ts";
import { Prometheus, RELEASES } from "./prometheus.ts";
import { withTools } from "./tool.ts";

/** An exporter with instruments of every type, and with what collectors may return. */
async function startExporter() {
  const registry = new Registry();
  const jobs = registry.register(new Counter("work_jobs_total", "Jobs.", { labels: ["queue"] }));
  jobs.labels("a").inc(3);
  const buckets = { labels: ["queue"], buckets: [0.1, 1] } as const;
  registry.register(new Histogram("work_took_seconds", "Duration.", buckets)).labels("a").observe(
    1,
  );
  registry.register(new Summary("work_size_bytes", "Size.", { quantiles: [0.5] })).observe(7);
  registry.register(new Info("work_build_info", "Build.", { labels: ["v"] })).set({ v: "1" });
  registry.register(new StateSet("work_state", "State.", { states: ["on", "off"] })).setOnly("on");
  const exporter = new Exporter({ registry, configFile: false, listenPort: 0, logLevel: "error" });
  exporter.collector("everything", everything, { ttl: 60 });
  await exporter.start();
  return {
    url: new URL("/metrics", exporter.url),
    [Symbol.asyncDispose]: () => exporter.shutdown(),
  };
}

interface Panel {
  readonly title: string;
  readonly panels?: readonly Panel[];
  readonly targets?: readonly { readonly expr: string }[];
}

async function expressionsFor(url: URL): Promise<{ title: string; expr: string }[]> {
  await using program = Program.deno(["run", "-A", "main.ts", "dashboard", url.href]);
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stderr], [0, ""]);
  const { panels } = JSON.parse(stdout) as { panels: Panel[] };
  return panels.flatMap((panel) => [panel, ...panel.panels ?? []]).flatMap(
    ({ title, targets = [] }) =>
      targets.map(({ expr }) => ({
        title,
        expr: expr.replaceAll("$__rate_interval", "10s").replaceAll(
          /\$(?:job|instance|collector)/g,
          ".*",
        ),
      })),
  );
}

for (const release of RELEASES) {
  Deno.test(withTools([release.prometheus], {
    name: `the queries of a dashboard give results in ${release.name}`,
    fn: async () => {
      await using exporter = await startExporter();
      await using prometheus = await Prometheus.start(
        `\n  - job_name: x\n    static_configs: [{ targets: ["${exporter.url.host}"] }]\n`,
        { release },
      );
      await prometheus.until('count_over_time(work_jobs_total{queue="a"}[10s]) > 2');
      const expressions = await expressionsFor(exporter.url);
      assert(expressions.length > 60, `${expressions.length} expressions`);
      const empty: string[] = [];
      for (const { title, expr } of expressions) {
        if ((await prometheus.query(expr)).length === 0) empty.push(title);
      }
      // It has quantiles, but neither sum nor count.
      assertEquals(empty.filter((title) => title !== "lag_seconds"), []);
    },
  }));
}
