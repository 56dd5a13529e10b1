/**
 * Exports metrics of this machine, like node_exporter, and the metrics of a configuration file. Every exporter also exposes
 * metrics of its own process.
 *
 *     deno run -A examples/basic.ts
 *
 * Then open
 *
 * - http://127.0.0.1:9999/ for the status page,
 * - http://127.0.0.1:9999/metrics for everything,
 * - http://127.0.0.1:9999/metrics?collect[]=load for one collector,
 * - http://127.0.0.1:9999/metrics?name[]=doors_open&floor=1 for one sample.
 *
 * Everything except the file system metrics needs only these permissions:
 *
 *     deno run --allow-net=127.0.0.1 --allow-read=examples/config.toml --allow-sys=loadavg,systemMemoryInfo examples/basic.ts
 *
 * `--help` lists the options of the command line.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { Exporter, type ExporterOptions, Metric } from "@exporter/prometheus";
import { main } from "@exporter/prometheus/cli";

function loadMetrics(): Metric[] {
  const periods = ["1", "5", "15"];
  return Deno.loadavg().map((value, i) =>
    new Metric(`node_load${periods[i]}`, {
      type: "gauge",
      help: `${periods[i]}m load average.`,
      value,
    })
  );
}

function memoryMetrics(): Metric[] {
  const { total, available } = Deno.systemMemoryInfo();
  return [
    new Metric("node_memory_total_bytes", {
      type: "gauge",
      help: "Total memory in bytes.",
      value: total,
    }),
    new Metric("node_memory_available_bytes", {
      type: "gauge",
      help: "Available memory in bytes.",
      value: available,
    }),
  ];
}

async function filesystemMetrics(): Promise<Metric[]> {
  const mountpoint = "/";
  const { bsize, blocks, bavail, files, ffree } = await statfs(mountpoint);
  const values = [
    ["node_filesystem_size_bytes", "Filesystem size in bytes.", bsize * blocks],
    ["node_filesystem_avail_bytes", "Filesystem space available in bytes.", bsize * bavail],
    ["node_filesystem_files", "Filesystem total file nodes.", files],
    ["node_filesystem_files_free", "Filesystem free file nodes.", ffree],
  ] as const;
  return values.map(([name, help, value]) =>
    new Metric(name, { type: "gauge", help, labels: { mountpoint }, value })
  );
}

/** Returns whether permissions are granted. Without them, a collector would make Deno prompt at the terminal. */
function isPermitted(...permissions: Deno.PermissionDescriptor[]): boolean {
  return permissions.every((permission) =>
    Deno.permissions.querySync(permission).state === "granted"
  );
}

function createExporter(options: ExporterOptions): Exporter {
  const configFile = new URL("config.toml", import.meta.url);
  const exporter = new Exporter({ name: "Basic exporter", configFile, ...options });
  if (isPermitted({ name: "sys", kind: "loadavg" })) {
    exporter.collector("load", loadMetrics);
  }
  if (isPermitted({ name: "sys", kind: "systemMemoryInfo" })) {
    exporter.collector("memory", memoryMetrics);
  }
  if (isPermitted({ name: "sys", kind: "statfs" }, { name: "read", path: "/" })) {
    exporter.collector("filesystem", filesystemMetrics, { ttl: 30, timeout: 5 });
  }
  return exporter;
}

Deno.exit(await main(Deno.args, createExporter));
