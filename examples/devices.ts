/**
 * Many devices over HTTP, asked at the same time. One that is down, or hangs for five seconds, has a `device_up` of 0, and the
 * scrape still succeeds with all others.
 *
 *     deno run -A examples/devices.ts examples/devices.toml
 *
 * Then open http://127.0.0.1:9999/metrics. It needs only these permissions:
 *
 *     deno run --allow-net=127.0.0.1 --allow-read=examples/devices.toml examples/devices.ts examples/devices.toml
 *
 * @module
 */

import {
  type CollectContext,
  Exporter,
  type ExporterOptions,
  MetricFamily,
} from "@exporter/prometheus";
import { main } from "@exporter/prometheus/cli";

interface Status {
  readonly temperature: number;
}

async function fetchStatus(url: string, signal: AbortSignal): Promise<Status> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`Cannot read status of "${url}": HTTP ${response.status}`);
  return await response.json();
}

async function deviceMetrics(
  devices: Readonly<Record<string, string>>,
  { signal }: CollectContext,
): Promise<MetricFamily[]> {
  const up = new MetricFamily("device_up", {
    type: "gauge",
    help: "Whether the device answered.",
  });
  const temperature = new MetricFamily("device_temperature_celsius", {
    type: "gauge",
    help: "Temperature of the device.",
    unit: "celsius",
  });
  await Promise.all(
    Object.entries(devices).map(async ([device, url]) => {
      const status = await fetchStatus(url, signal).catch(() => undefined);
      up.add(status ? 1 : 0, { device });
      if (status) temperature.add(status.temperature, { device });
    }),
  );
  return [up, temperature];
}

function createExporter(options: ExporterOptions): Exporter {
  const exporter = new Exporter({ name: "Devices", configKeys: ["devices"], ...options });
  return exporter.collector("devices", (context) => {
    const { devices = {} } = exporter.config.extra;
    return deviceMetrics(devices as Record<string, string>, context);
  }, { timeout: 5 });
}

Deno.exit(await main(Deno.args, createExporter));
