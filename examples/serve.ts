/**
 * An exporter for `deno serve`, which listens itself and has its own options for the address.
 *
 *     deno serve -A --host 127.0.0.1 --port 9999 examples/serve.ts
 *
 * Then open http://127.0.0.1:9999/metrics. It needs no permissions:
 *
 *     deno serve --host 127.0.0.1 --port 9999 examples/serve.ts
 *
 * `deno serve` also handles signals: SIGHUP ends the program instead of reloading, and `onShutdown` does not run.
 *
 * @module
 */

import { Exporter, Metric } from "@exporter/prometheus";

const exporter = new Exporter({ configFile: false });

exporter.collector("cpu", () => [
  new Metric("machine_cpu_cores", {
    type: "gauge",
    help: "Number of logical CPU cores.",
    value: navigator.hardwareConcurrency,
  }),
]);

export default exporter;
