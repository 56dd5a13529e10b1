/**
 * Redis over TCP. While it is down, `redis_up` is 0, and the scrape still succeeds.
 *
 *     deno run -A examples/redis.ts
 *
 * Then open http://127.0.0.1:9999/metrics. It asks redis://127.0.0.1:6379, or the `redis` of the configuration file. It needs only
 * this permission, and for a `config.toml` also `--allow-read=config.toml`:
 *
 *     deno run --allow-net=127.0.0.1 examples/redis.ts
 *
 * @module
 */

import { Exporter, type ExporterOptions, Metric } from "@exporter/prometheus";
import { main } from "@exporter/prometheus/cli";

const METRICS = [
  {
    key: "connected_clients",
    name: "redis_connected_clients",
    type: "gauge",
    help: "Client connections.",
  },
  {
    key: "used_memory",
    name: "redis_memory_used_bytes",
    type: "gauge",
    help: "Memory allocated by Redis in bytes.",
  },
  {
    key: "total_commands_processed",
    name: "redis_commands_processed_total",
    type: "counter",
    help: "Commands processed.",
  },
] as const;

/** Returns the fields that the command `INFO` lists. */
async function redisInfo(url: URL, signal: AbortSignal): Promise<Map<string, string>> {
  const { hostname, port } = url;
  using connection = await Deno.connect({ hostname, port: Number(port || 6379), signal });
  await connection.write(new TextEncoder().encode("INFO\r\nQUIT\r\n"));
  const chunks = connection.readable.pipeThrough(new TextDecoderStream(), { signal });
  const reply = (await Array.fromAsync(chunks)).join("");
  if (!reply.startsWith("$")) throw new Error(`Cannot read INFO: ${reply.trim()}`);
  const fields = reply.matchAll(/^(\w+):(.*)\r$/gm);
  return new Map(Array.from(fields, ([, key = "", value = ""]) => [key, value]));
}

function createExporter(options: ExporterOptions): Exporter {
  const exporter = new Exporter({ name: "Redis exporter", configKeys: ["redis"], ...options });
  return exporter.collector("redis", async ({ logger, signal }) => {
    const { redis = "redis://127.0.0.1:6379" } = exporter.config.extra;
    const up = new Metric("redis_up", { type: "gauge", help: "Whether Redis answered." });
    try {
      const info = await redisInfo(new URL(String(redis)), signal);
      up.value = 1;
      return [
        up,
        ...METRICS.map(({ key, name, ...options }) =>
          new Metric(name, { ...options, value: Number(info.get(key)) })
        ),
      ];
    } catch (error) {
      logger.warn("Redis is down", { error });
      return [up];
    }
  }, { timeout: 5 });
}

Deno.exit(await main(Deno.args, createExporter));
