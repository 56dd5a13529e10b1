/**
 * A subclass of `Exporter` that samples the heap between scrapes, and a metric that computes its value when it is read.
 *
 *     deno run -A examples/subclass.ts
 *
 * Then open http://127.0.0.1:9999/metrics several times. It needs only this permission:
 *
 *     deno run --allow-net=127.0.0.1 examples/subclass.ts
 *
 * With `--allow-read=config.toml`, it also exports the metrics of that file, if it exists.
 *
 * @module
 */

import { type CollectContext, Exporter, type Labels, Metric } from "@exporter/prometheus";
import { main } from "@exporter/prometheus/cli";

class SystemTime extends Metric {
  override get value(): number {
    return Date.now() / 1000;
  }
}

class HeapExporter extends Exporter {
  readonly #time = new SystemTime("node_time_seconds", {
    type: "gauge",
    help: "System time in seconds since epoch (1970).",
  });
  readonly #peak = new Metric("deno_heap_used_peak_bytes", {
    type: "gauge",
    help: "Maximum used heap seen in bytes.",
  });
  #sampler: ReturnType<typeof setInterval> | undefined;

  override getLabels(): Labels {
    return super.getLabels().set("deno_version", Deno.version.deno);
  }

  override async getMetrics(context: CollectContext): Promise<Metric[]> {
    return [...await super.getMetrics(context), this.#time, this.#peak];
  }

  override onStartup(): Promise<void> {
    this.#sample();
    this.#sampler = setInterval(() => this.#sample(), 100);
    return Promise.resolve();
  }

  override onShutdown(): Promise<void> {
    clearInterval(this.#sampler);
    return Promise.resolve();
  }

  #sample(): void {
    this.#peak.value = Math.max(this.#peak.value, Deno.memoryUsage().heapUsed);
  }
}

Deno.exit(await main(Deno.args, (options) => new HeapExporter(options)));
