/**
 * An application made with Hono that times its requests by route, and has its metrics on `/metrics`.
 *
 *     deno serve -A --host 127.0.0.1 --port 9999 examples/hono.ts
 *
 * Then open http://127.0.0.1:9999/users/1 and http://127.0.0.1:9999/metrics. It needs no permissions:
 *
 *     deno serve --host 127.0.0.1 --port 9999 examples/hono.ts
 *
 * Elsewhere, `deno add npm:hono` provides the import.
 *
 * @module
 */

import { Hono } from "hono";
import { routePath } from "hono/route";
import { Exporter, histogram } from "@exporter/prometheus";

const seconds = histogram("http_request_duration_seconds", "Duration of requests.", {
  labels: ["route", "status"],
  unit: "seconds",
});
const exporter = new Exporter({ configFile: false });
const app = new Hono();

// It is added before the middleware, so that scrapes are not timed.
app.get("/metrics", ({ req }) => exporter.handleMetrics(req.raw));

app.use(async (context, next) => {
  const start = performance.now();
  await next();
  // The route is `/users/:id`, not `/users/1`: clients can send any number of paths.
  const labels = { route: routePath(context, -1), status: String(context.res.status) };
  seconds.labels(labels).observe((performance.now() - start) / 1000);
});

app.get("/users/:id", (context) => context.text(`User ${context.req.param("id")}\n`));

export default app;
