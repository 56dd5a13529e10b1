/**
 * A server of its own, made with `Deno.serve`, that has its metrics on a path of its choice.
 *
 *     deno run -A examples/own_server.ts
 *
 * Then open http://127.0.0.1:9999/ and http://127.0.0.1:9999/internal/metrics. It needs only this permission:
 *
 *     deno run --allow-net=127.0.0.1 examples/own_server.ts
 *
 * @module
 */

import { counter, Exporter } from "@exporter/prometheus";

const visits = counter("visits_total", "Visits of the start page.");
const exporter = new Exporter({ configFile: false });

const server = Deno.serve({ hostname: "127.0.0.1", port: 9999 }, (request) => {
  switch (new URL(request.url).pathname) {
    case "/":
      visits.inc();
      return new Response("Hello\n");
    case "/internal/metrics":
      return exporter.handleMetrics(request);
    default:
      return new Response("Not found\n", { status: 404 });
  }
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => server.shutdown());
}
await server.finished;
await exporter.shutdown();
