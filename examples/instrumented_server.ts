/**
 * An HTTP server that counts and times its requests, and serves its own metrics beside everything else.
 *
 *     deno serve -A --host 127.0.0.1 --port 9999 examples/instrumented_server.ts
 *
 * Then try http://127.0.0.1:9999/, http://127.0.0.1:9999/slow and http://127.0.0.1:9999/nothing, and then
 * http://127.0.0.1:9999/metrics. It needs no permissions:
 *
 *     deno serve --host 127.0.0.1 --port 9999 examples/instrumented_server.ts
 *
 * @module
 */

import { counter, Exporter, gauge, histogram } from "@exporter/prometheus";

const requests = counter("http_requests_total", "Requests answered.", {
  labels: { route: ["/", "/slow", "other"], status: ["200", "404"] },
});
const seconds = histogram("http_request_duration_seconds", "How long answers took.", {
  labels: { route: ["/", "/slow", "other"] },
  unit: "seconds",
});
const inFlight = gauge("http_requests_in_flight", "Requests that are being answered.");

const exporter = new Exporter({ configFile: false });

/** Labels come from what the server knows, not from what a client sends: there is no end of paths. */
function routeOf(pathname: string): "/" | "/slow" | "other" {
  return pathname === "/" || pathname === "/slow" ? pathname : "other";
}

async function answer(route: string): Promise<Response> {
  if (route === "other") return new Response("Not found\n", { status: 404 });
  if (route === "/slow") await new Promise((resolve) => setTimeout(resolve, 300));
  return new Response("Hello\n");
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/metrics") return await exporter.fetch(request);
    const route = routeOf(pathname);
    const response = await inFlight.trackInProgress(() =>
      seconds.labels({ route }).time(() => answer(route))
    );
    requests.labels({ route, status: response.ok ? "200" : "404" }).inc();
    return response;
  },
} satisfies Deno.ServeDefaultExport;
