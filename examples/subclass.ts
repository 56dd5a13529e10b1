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

class HeapUsed extends Metric {
  override get value(): number {
    return Deno.memoryUsage().heapUsed;
  }
}

class HeapExporter extends Exporter {
  readonly #used = new HeapUsed("deno_heap_used_bytes", {
    type: "gauge",
    help: "Used heap in bytes.",
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
    return [...await super.getMetrics(context), this.#used, this.#peak];
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
    this.#peak.value = Math.max(this.#peak.value, this.#used.value);
  }
}

Deno.exit(await main(Deno.args, (options) => new HeapExporter(options)));
