/**
 * The endpoints of an exporter.
 *
 * @module
 */

import type { Logger } from "../model/logger.ts";
import { landingPageResponse } from "./landing.ts";
import { textResponse } from "./response.ts";
import { router } from "./router.ts";

/** Options of {@linkcode endpoints}. */
export interface EndpointsOptions {
  /** The path at which metrics are served. With `/`, there is no landing page. */
  readonly metricsPath: string;
  /** The version of the program. */
  readonly version: string;
  /** Returns the name of the exporter. */
  readonly name: () => string;
  /** Answers requests for metrics. */
  readonly metrics: (request: Request) => Promise<Response>;
  /** Returns whether the exporter accepts scrapes. It may begin to start up. */
  readonly isReady: () => boolean;
  /** Logs the errors of endpoints, which responses do not reveal. */
  readonly logger: Logger;
}

/** Creates the handler of all requests. It never rejects. */
export function endpoints(
  { metricsPath, version, name, metrics, isReady, logger }: EndpointsOptions,
): (request: Request) => Promise<Response> {
  return router({
    "/": () => landingPageResponse(name(), version, metricsPath),
    [metricsPath]: metrics,
    "/-/healthy": () => textResponse(200, "Healthy"),
    "/-/ready": () => isReady() ? textResponse(200, "Ready") : textResponse(503, "Not ready"),
  }, (error, { url }) => logger.error("request failed", { url, error }));
}
