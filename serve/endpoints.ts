/**
 * The endpoints of an exporter.
 *
 * @module
 */

import type { Logger } from "../model/logger.ts";
import type { HttpRequest } from "./request.ts";
import { type Reply, textReply } from "./response.ts";
import { type PostRoute, type Route, router } from "./router.ts";
import type { StatusRoutes } from "./status_routes.ts";

/** Options of {@linkcode endpoints}. */
export interface EndpointsOptions {
  /** The prefix of all paths, without a slash at the end. */
  readonly prefix: string;
  /** The path at which metrics are served, after the prefix. With `/`, there is no status page. */
  readonly metricsPath: string;
  /** The version of the program. */
  readonly version: string;
  /** Returns the name of the exporter. */
  readonly name: () => string;
  /** Answers requests for metrics. */
  readonly metrics: Route;
  /** Answers requests for the status page and its documents; undefined if there are none. */
  readonly status: () => Promise<StatusRoutes> | undefined;
  /** Returns whether the exporter accepts scrapes. It may begin to start up. */
  readonly isReady: () => boolean;
  /** Reloads the configuration. Without it, there is no endpoint for that. */
  readonly reload: (() => Promise<void>) | undefined;
  /** Takes metrics of OpenTelemetry. Without it, there is no endpoint for that. */
  readonly otlp: Route | undefined;
  /** Returns what answers requests for another path, after the prefix. */
  readonly find: (path: string) => Route | undefined;
  /** Logs the errors of endpoints, which responses do not reveal. */
  readonly logger: Logger;
}

/** Creates the handler of all requests. It never rejects. */
export function endpoints(options: EndpointsOptions): (request: HttpRequest) => Promise<Reply> {
  const { prefix, metricsPath, version, name, metrics, status } = options;
  const { isReady, reload, otlp, find, logger } = options;
  const routes: Record<string, Route | PostRoute> = {
    "/": async (request) => {
      const routes = await status();
      if (routes !== undefined) return routes.page(request);
      const { landingPageReply } = await import("./landing.ts");
      return landingPageReply(name(), version, metricsPath);
    },
    [metricsPath]: metrics,
    "/-/status": async (request) => (await status())?.document(request) ?? notFound(),
    "/-/status/series": async (request) => (await status())?.series(request) ?? notFound(),
    "/-/healthy": () => textReply(200, "Healthy"),
    "/-/ready": () => isReady() ? textReply(200, "Ready") : textReply(503, "Not ready"),
    ...(otlp && { "/v1/metrics": { post: otlp } }),
    ...(reload && { "/-/reload": { post: () => reloadReply(reload) } }),
  };
  const prefixed = Object.entries(routes).map(([path, route]) => [prefix + path, route] as const);
  const redirect = () => textReply(302, "Found", { location: `${prefix}/` });
  const redirects: Record<string, Route> = prefix === ""
    ? {}
    : { "/": redirect, [prefix]: redirect };
  const findPrefixed = (path: string) =>
    path.startsWith(`${prefix}/`) ? find(path.slice(prefix.length)) : undefined;
  const all = { ...redirects, ...Object.fromEntries(prefixed) };
  return router(all, findPrefixed, (error, { url }) => {
    logger.error("request failed", { url, error });
  });
}

function notFound(): Reply {
  return textReply(404, "Not found");
}

/** The reason of a failure is in the log only: it may say more than clients should know. */
async function reloadReply(reload: () => Promise<void>): Promise<Reply> {
  try {
    await reload();
    return textReply(200, "Reloaded");
  } catch {
    return textReply(500, "Not reloaded, see the log");
  }
}
