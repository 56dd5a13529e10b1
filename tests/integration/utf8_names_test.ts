/**
 * Names in UTF-8 through every scrape protocol and escaping scheme, and creation times, as Prometheus 3 reads them.
 */

import { assertEquals, assertGreater } from "@std/assert";
import {
  Counter,
  createLogger,
  Exporter,
  Gauge,
  Histogram,
  Registry,
  Summary,
} from "@exporter/prometheus";
import { Prometheus, RELEASES, type Series } from "./prometheus.ts";
import { withTools } from "./tool.ts";

const LABEL = "service.name";
const OPTIONS = { utf8Names: true, labels: [LABEL] } as const;

/** An exporter of instruments of each kind whose names are no legacy names. */
function exporterOfUtf8Names(): Exporter {
  const registry = new Registry({ utf8Names: true });
  registry.register(new Counter("http.requests_total", "Requests.", OPTIONS)).labels("a b").inc(3);
  registry.register(new Gauge("temperature.°C", "Warmth.", OPTIONS)).labels("ü").set(21.5);
  registry.register(new Histogram("http.duration", "Time.", { ...OPTIONS, buckets: [1] }))
    .labels("a").observe(0.5);
  registry.register(new Summary("http.size", "Size.", OPTIONS)).labels("a").observe(100);
  return new Exporter({
    configFile: false,
    listenPort: 0,
    registry,
    runtimeMetrics: false,
    logger: createLogger("test", { write: () => {} }),
  });
}

const PROTOCOLS = [
  "PrometheusProto",
  "OpenMetricsText1.0.0",
  "PrometheusText1.0.0",
  "PrometheusText0.0.4",
];

/** What is scraped, by the names of the metrics: the other labels, and the value. */
function readable(series: readonly Series[]): Record<string, [Record<string, string>, number]> {
  return Object.fromEntries(
    series
      .map(({ labels: { __name__, job: _, instance: __, ...labels }, value }) =>
        [__name__ ?? "", [labels, Number(value)]] as const
      )
      .filter(([name]) => !/^(up|scrape_|exporter_)/.test(name))
      .map(([name, [labels, value]]) => ["le" in labels ? `${name} ${labels["le"]}` : name, [
        labels,
        value,
      ]]),
  );
}

/** The same metrics with names as one scheme writes them. */
function expected(name: (name: string) => string): ReturnType<typeof readable> {
  const label = name(LABEL);
  const bucket = name("http.duration") + "_bucket";
  return {
    [name("http.requests_total")]: [{ [label]: "a b" }, 3],
    [name("temperature.°C")]: [{ [label]: "ü" }, 21.5],
    [`${bucket} 1.0`]: [{ [label]: "a", le: "1.0" }, 1],
    [`${bucket} +Inf`]: [{ [label]: "a", le: "+Inf" }, 1],
    [`${name("http.duration")}_sum`]: [{ [label]: "a" }, 0.5],
    [`${name("http.duration")}_count`]: [{ [label]: "a" }, 1],
    [`${name("http.size")}_sum`]: [{ [label]: "a" }, 100],
    [`${name("http.size")}_count`]: [{ [label]: "a" }, 1],
  };
}

function underscores(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_:]/gu, "_");
}

function dots(name: string): string {
  return name.replaceAll("_", "__").replaceAll(".", "_dot_").replaceAll("°", "__");
}

function values(name: string): string {
  return `U__${name.replaceAll("_", "__").replaceAll(".", "_2e_").replaceAll("°", "_b0_")}`;
}

for (const release of RELEASES.filter(({ major }) => major >= 3)) {
  Deno.test(withTools([release.prometheus], {
    name: `${release.name} scrapes names in UTF-8`,
    fn: async (t) => {
      await using exporter = exporterOfUtf8Names();
      await exporter.start();
      const target = `    static_configs: [{ targets: ["${exporter.url.host}"] }]\n`;
      const jobs = PROTOCOLS.map((protocol) =>
        `  - job_name: ${protocol}\n    scrape_protocols: [${protocol}]\n${target}`
      );
      const schemes = ["underscores", "dots", "values"].map((scheme) =>
        `  - job_name: ${scheme}\n    metric_name_validation_scheme: legacy\n` +
        `    metric_name_escaping_scheme: ${scheme}\n${target}`
      );
      await using prometheus = await Prometheus.start([...jobs, ...schemes].join(""), { release });
      const scraped = async (job: string) => {
        await prometheus.until(`up{job="${job}"} == 1`);
        return readable(await prometheus.query(`{job="${job}"}`));
      };

      for (const protocol of ["OpenMetricsText1.0.0", "PrometheusText1.0.0"]) {
        await t.step(`as they are, by ${protocol}`, async () => {
          assertEquals(await scraped(protocol), expected((name) => name));
        });
      }

      // These two protocols ask for no escaping scheme, or cannot have quoted names.
      for (const protocol of ["PrometheusProto", "PrometheusText0.0.4"]) {
        await t.step(`with underscores, by ${protocol}`, async () => {
          assertEquals(await scraped(protocol), expected(underscores));
        });
      }

      for (const [scheme, escape] of Object.entries({ underscores, dots, values })) {
        await t.step(`by the scheme ${scheme} of a job that validates legacy names`, async () => {
          assertEquals(await scraped(scheme), expected(escape));
        });
      }
    },
  }));

  Deno.test(withTools([release.prometheus], {
    name: `${release.name} takes the time of creation from protobuf`,
    fn: async () => {
      const registry = new Registry();
      const jobs = registry.register(new Counter("jobs_total", "Jobs."));
      await using exporter = new Exporter({
        configFile: false,
        listenPort: 0,
        registry,
        runtimeMetrics: false,
        logger: createLogger("test", { write: () => {} }),
      });
      await exporter.start();
      jobs.inc(5);
      await using prometheus = await Prometheus.start(
        `
  - job_name: created
    scrape_protocols: [PrometheusProto]
    static_configs: [{ targets: ["${exporter.url.host}"] }]
`,
        { release, features: ["created-timestamp-zero-ingestion"] },
      );
      await prometheus.until('count_over_time(jobs_total{job="created"}[1m]) >= 3');
      // Without a zero at the time of creation, the first value that was scraped would not count as an increase.
      const [increase] = await prometheus.query('increase(jobs_total{job="created"}[1m])');
      assertGreater(Number(increase?.value), 4);
    },
  }));
}
