/**
 * A collector that blocks, in a worker with permissions of its own: scrapes and other collectors go on while it walks through
 * folders, and it is ended if that takes longer than two seconds. The module of the worker is `folder_size.ts`.
 *
 *     deno run -A --unstable-worker-options examples/isolated.ts
 *
 * Then open http://127.0.0.1:9999/metrics. Reading is for the modules of the worker, and for the folder that it measures:
 *
 *     deno run --unstable-worker-options --allow-net=127.0.0.1 --allow-read=. examples/isolated.ts
 *
 * @module
 */

import { Exporter, type ExporterOptions } from "@exporter/prometheus";
import { main } from "@exporter/prometheus/cli";

function createExporter(options: ExporterOptions): Exporter {
  return new Exporter(options).collector("folders", {
    worker: new URL("./folder_size.ts", import.meta.url),
    permissions: { read: ["."] },
  }, { ttl: 60, timeout: 2 });
}

if (import.meta.main) Deno.exit(await main(Deno.args, createExporter));
