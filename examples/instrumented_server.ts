/**
 * An HTTP server that counts and times its requests, and serves its metrics on the same port.
 *
 *     deno serve -A --host 127.0.0.1 --port 9999 examples/instrumented_server.ts
 *
 * Then open http://127.0.0.1:9999/, http://127.0.0.1:9999/slow and http://127.0.0.1:9999/nothing, and finally
 * http://127.0.0.1:9999/metrics. It needs no permissions:
 *
 *     deno serve --host 127.0.0.1 --port 9999 examples/instrumented_server.ts
 *
 * @module
 */

import { counter, Exporter, gauge, histogram } from "@exporter/prometheus";

const requests = counter("http_requests_total", "Requests served.", {
  labels: { route: ["/", "/slow", "other"], status: ["200", "404"] },
});
const seconds = histogram("http_request_duration_seconds", "Duration of responses.", {
  labels: { route: ["/", "/slow", "other"] },
  unit: "seconds",
});
const inFlight = gauge("http_requests_in_flight", "Requests being served.");

const exporter = new Exporter({ configFile: false });

/** Maps a path to a route. Clients can send any number of paths, so they must not become label values. */
function routeOf(pathname: string): "/" | "/slow" | "other" {
  return pathname === "/" || pathname === "/slow" ? pathname : "other";
}

async function respond(route: string): Promise<Response> {
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
      seconds.labels({ route }).time(() => respond(route))
    );
    requests.labels({ route, status: response.ok ? "200" : "404" }).inc();
    return response;
  },
} satisfies Deno.ServeDefaultExport;
