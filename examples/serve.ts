/**
 * Leaves listening to `deno serve`, which has options of its own for the address.
 *
 *     deno serve -A --host 127.0.0.1 --port 9999 examples/serve.ts
 *
 * Then try http://127.0.0.1:9999/metrics. It needs no permissions:
 *
 *     deno serve --host 127.0.0.1 --port 9999 examples/serve.ts
 *
 * Signals are the server's, too: SIGHUP ends the program instead of reloading, and `onShutdown` does not run.
 *
 * @module
 */

import { Exporter, Metric } from "@exporter/prometheus";

const exporter = new Exporter({ configFile: false });

exporter.collector("heap", () => [
  new Metric("deno_heap_used_bytes", {
    type: "gauge",
    help: "Heap in use in bytes.",
    value: Deno.memoryUsage().heapUsed,
  }),
]);

export default exporter;
