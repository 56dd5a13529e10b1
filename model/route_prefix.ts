/**
 * Where endpoints are, as seen from outside.
 *
 * @module
 */

/** What {@linkcode parseRoutePrefix} accepts, for error messages. */
export const ROUTE_PREFIX = 'a path such as "/exporter"';

/** What {@linkcode parseExternalUrl} accepts, for error messages. */
export const EXTERNAL_URL = "a URL that begins with http: or https:, without a query";

/** Parses the prefix of all paths. Returns it without a slash at the end, or undefined if it is none. */
export function parseRoutePrefix(text: string): string | undefined {
  if (!/^(?:\/[\w.~-]*)+$/.test(text)) return undefined;
  const prefix = text.replace(/\/+$/, "");
  return URL.parse(prefix, "http://localhost")?.pathname === (prefix || "/") ? prefix : undefined;
}

/** Parses the URL under which an exporter can be reached from outside, for example through a reverse proxy. */
export function parseExternalUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return url.search === "" && url.hash === "" && url.username === "" ? url : undefined;
}

/** Returns whether a path is written as in requests, and is not one of the exporter's own. */
export function isRoutePath(path: string): boolean {
  return /^\/[\w.~/-]*$/.test(path) && !path.startsWith("/-/") &&
    URL.parse(path, "http://localhost")?.pathname === path;
}
