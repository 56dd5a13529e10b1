/**
 * Who may read the messages of errors and the configuration, which can tell more about a host than metrics do.
 *
 * @module
 */

import type { StatusPage } from "../model/status_page.ts";
import type { HttpRequest } from "./request.ts";

/** What {@linkcode mayReadDetails} depends on, apart from the request. */
export interface DetailsPolicy {
  /** The setting. */
  readonly mode: StatusPage;
  /** Whether the client has authenticated. */
  readonly isAuthenticated: boolean;
  /** Whether the exporter is known to be behind a reverse proxy, so that clients are not where they seem to be. */
  readonly isProxied: boolean;
}

/** Headers that a reverse proxy adds. */
const PROXY_HEADERS = [
  ...["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"],
];

/** Returns whether the client of a request may read details: if it has authenticated, or is on the same machine. */
export function mayReadDetails(
  { client, headers }: Pick<HttpRequest, "client" | "headers">,
  { mode, isAuthenticated, isProxied }: DetailsPolicy,
): boolean {
  if (mode === "full" || isAuthenticated) return true;
  return client.isLoopback && !isProxied &&
    PROXY_HEADERS.every((name) => headers.get(name) == null);
}
