import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Counter, Gauge, Histogram, Registry } from "@exporter/prometheus";
import { remoteWrite } from "@exporter/prometheus/remote_write";
import { Program, ROOT } from "../support/program.ts";
import { until } from "../support/until.ts";
import { freePort } from "./network.ts";
import { RELEASES } from "./prometheus.ts";
import { withTools } from "./tool.ts";

/** A receiver that can be ended and started again, with the data that it has. */
class Receiver implements AsyncDisposable {
  readonly host = `127.0.0.1:${freePort()}`;
  readonly url = `http://${this.host}/api/v1/write`;
  readonly #prometheus: string;
  readonly #folder = Deno.makeTempDirSync();
  #program: Program | undefined;

  constructor(prometheus: string) {
    this.#prometheus = prometheus;
    Deno.writeTextFileSync(`${this.#folder}/prometheus.yml`, "");
  }

  async start(messages: string): Promise<void> {
    this.#program = new Program(this.#prometheus, [
      `--config.file=${this.#folder}/prometheus.yml`,
      `--storage.tsdb.path=${this.#folder}/data`,
      `--web.listen-address=${this.host}`,
      "--web.enable-remote-write-receiver",
      "--enable-feature=native-histograms,exemplar-storage",
      ...(messages && [`--web.remote-write-receiver.accepted-protobuf-messages=${messages}`]),
    ]);
    await this.#program.line(/Server is ready to receive web requests/);
  }

  async stop(): Promise<void> {
    await this.#program?.[Symbol.asyncDispose]();
    this.#program = undefined;
  }

  // deno-lint-ignore no-explicit-any
  async get(path: string, query: string, others: Record<string, string> = {}): Promise<any> {
    const url = new URL(`http://${this.host}/api/v1/${path}`);
    url.search = `${new URLSearchParams({ query, ...others })}`;
    return (await (await fetch(url)).json()).data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

for (const { name, major, prometheus } of RELEASES) {
  Deno.test(withTools([prometheus], {
    name: `${name} takes Remote-Write ${
      major === 2 ? "1.0" : "2.0"
    }, and loses nothing while it is down`,
    fn: async () => {
      await using receiver = new Receiver(prometheus);
      const messages = major === 2 ? "" : "io.prometheus.write.v2.Request";
      await receiver.start(messages);
      const registry = new Registry();
      const gauge = registry.register(new Gauge("x", "Help."));
      const native = { buckets: [1], native: {} } as const;
      registry.register(new Histogram("x_seconds", "Help.", native)).observe(2);
      registry.register(new Counter("y_total", "Help.")).inc(1, { trace_id: "a" });
      const externalLabels = { job: "j" };
      const options = { url: receiver.url, interval: 3600, externalLabels };
      await using writer = remoteWrite(registry, options);
      gauge.set(1);
      await writer.flush();
      await receiver.stop();
      gauge.set(2);
      const flushed = writer.flush();
      await until("a retry", async () => {
        const { families } = await registry.gather();
        return families.some(({ name, samples }) =>
          name === "remote_write_samples_retried_total" && samples[0]!.value > 0
        );
      });
      await receiver.start(messages);
      await flushed;

      const { result } = await receiver.get("query", "x[1h]");
      assertEquals(result.length, 1);
      assertEquals(result[0].metric, { __name__: "x", job: "j" });
      assertEquals(result[0].values.map(([, value]: [number, string]) => value), ["1", "2"]);
      const quantile = await receiver.get("query", "histogram_count(x_seconds)");
      assertEquals(quantile.result[0].value[1], "1");
      const now = Date.now() / 1000;
      const range = { start: `${now - 60}`, end: `${now + 60}` };
      const [found] = await receiver.get("query_exemplars", "y_total", range);
      assert(found.exemplars.length > 0);
      assertEquals(found.exemplars[0].labels, { trace_id: "a" });
    },
  }));
}

const VICTORIA_METRICS = fileURLToPath(new URL(".parts/victoria-metrics", ROOT));

Deno.test(withTools([VICTORIA_METRICS], {
  name: "a real VictoriaMetrics takes Remote-Write",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const host = `127.0.0.1:${freePort()}`;
      await using _ = new Program(VICTORIA_METRICS, [
        `-httpListenAddr=${host}`,
        `-storageDataPath=${folder}`,
      ]);
      const get = (path: string) => fetch(`http://${host}/${path}`).then((found) => found.text());
      await until("VictoriaMetrics to listen", () => get("health").catch(() => undefined));
      const registry = new Registry();
      const gauge = registry.register(new Gauge("x", "Help."));
      const writer = remoteWrite(registry, { url: `http://${host}/api/v1/write`, interval: 3600 });
      gauge.set(1);
      await writer.flush();
      gauge.set(2);
      await writer[Symbol.asyncDispose]();
      const exported = await until("VictoriaMetrics to show both samples", async () => {
        await get("internal/force_flush");
        const text = await get("api/v1/export?match[]=x");
        return text.includes("1,2") && text;
      });
      const { metric, values } = JSON.parse(exported);
      assertEquals(metric, { __name__: "x" });
      assertEquals(values, [1, 2]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
