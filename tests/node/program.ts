/**
 * Uses the portable part of the library, and prints what came of it as JSON.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { TtlCache } from "../../cache.ts";
import { MetricFamily } from "../../family.ts";
import { Labels } from "../../labels.ts";
import { Metric } from "../../metric.ts";
import { Registry } from "../../registry.ts";

/** What the program prints. */
export interface Report {
  /** The exposition as it is. */
  text: string;
  /** The exposition in gzip, decompressed. */
  unzipped: string;
  /** The exposition as a stream. */
  streamed: string;
  /** What a cache gave while its entry was fresh, stale and gone. */
  cached: unknown[];
}

const registry = new Registry({ now: () => 0 });

registry.register({
  collect: () => [
    new Metric("doors_open", { type: "gauge", help: "Doors open now.", value: 2 }),
    new Metric("doors_open", { type: "gauge", labels: { floor: "1" }, value: 1 }),
  ],
}, { name: "sync" });

registry.register({
  collect: async function* () {
    const sizes = new MetricFamily("size_bytes", { type: "histogram" });
    yield sizes.add(2, { le: "+Inf" }, { suffix: "_bucket" });
    await new Promise((resolve) => setTimeout(resolve));
    yield new Metric("size_bytes_bucket", { type: "histogram", labels: { le: "10" }, value: 1 });
  },
}, { name: "async", ttl: 60 });

registry.register({
  collect: () => Promise.reject(new Error("Unplugged")),
}, { name: "failing" });

async function useCache(): Promise<unknown[]> {
  let time = 0;
  let loads = 0;
  const cache = new TtlCache<string, number>({
    ttl: 10,
    maxStale: 10,
    maxEntries: 1,
    now: () => time,
  });
  const load = () => Promise.resolve(++loads);
  const fail = () => Promise.reject(new Error("Unplugged"));
  const both = await Promise.all([cache.get("a", load), cache.get("a", load)]);
  time = 15;
  const stale = await cache.get("a", fail);
  time = 30;
  const gone = await cache.get("a", fail).catch((error) => String(error));
  return [...both, stale, gone];
}

const labels = new Labels({ site: "north" }).copy();
const names = new Set(["doors_open", "size_bytes", "exporter_collector_success"]);
const options = { labels, filter: { labels, names } };
const plain = await registry.expose(options);
const zipped = await registry.expose({ ...options, encoding: "gzip" });
const report: Report = {
  text: plain.text(),
  unzipped: Buffer.from(gunzipSync(zipped.bytes())).toString(),
  streamed: await new Response(plain.stream()).text(),
  cached: await useCache(),
};
console.log(JSON.stringify(report));
