/**
 * An API that allows one request a minute. Its result is cached for that long, and so is the result that it is down.
 *
 *     deno run -A examples/cached_up.ts
 *
 * Then open http://127.0.0.1:9999/metrics. It asks http://127.0.0.1:8080/stats, or the `api` of the configuration file, for JSON
 * such as `{"visitors": 5}`. It needs only this permission, and for a `config.toml` also `--allow-read=config.toml`:
 *
 *     deno run --allow-net=127.0.0.1 examples/cached_up.ts
 *
 * @module
 */

import { Exporter, type ExporterOptions, Metric } from "@exporter/prometheus";
import { main } from "@exporter/prometheus/cli";

async function fetchVisitors(api: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(api, { signal });
  if (!response.ok) throw new Error(`Cannot read "${api}": HTTP ${response.status}`);
  const { visitors } = await response.json();
  return visitors;
}

function createExporter(options: ExporterOptions): Exporter {
  const exporter = new Exporter({ name: "API exporter", configKeys: ["api"], ...options });
  return exporter.collector("api", async ({ logger, signal }) => {
    const { api = "http://127.0.0.1:8080/stats" } = exporter.config.extra;
    const up = new Metric("api_up", { type: "gauge", help: "Whether the API answered." });
    const visitors = new Metric("api_visitors", { type: "gauge", help: "Visitors at present." });
    try {
      visitors.value = await fetchVisitors(String(api), signal);
      up.value = 1;
      return [up, visitors];
    } catch (error) {
      logger.warn("API is down", { error });
      // A choice: `api_up 0` is a result like any other and is cached. To serve the last visitors instead, throw the error.
      return [up];
    }
  }, { ttl: 60, timeout: 5 });
}

Deno.exit(await main(Deno.args, createExporter));
