/**
 * Routing of requests by path.
 *
 * @module
 */

import { textResponse } from "./response.ts";

/** Handles `GET` requests. For `HEAD`, the router drops the body. */
export type Route = (request: Request) => Response | Promise<Response>;

/** Handles `POST` requests. */
export interface PostRoute {
  /** Handles a request that does not come from a page of another site. */
  readonly post: Route;
}

/**
 * Creates a request handler that never rejects. It responds with the route of the path, or with status 400, 404, 405 or 500.
 *
 * @param routes The routes by path.
 * @param onError Called with the errors of routes, which the response does not reveal.
 */
export function router(
  routes: Readonly<Record<string, Route | PostRoute>>,
  onError: (error: unknown, request: Request) => void,
): (request: Request) => Promise<Response> {
  const paths = new Map(Object.entries(routes));

  async function answer(request: Request): Promise<Response> {
    // An invalid request target or Host header makes the URL invalid.
    const url = URL.parse(request.url);
    if (url === null || !hasPlainHost(request)) return textResponse(400, "Bad request");
    const route = paths.get(url.pathname);
    if (route === undefined) return textResponse(404, "Not found");
    const { allow, handle } = typeof route === "function"
      ? { allow: "GET, HEAD", handle: route }
      : { allow: "POST", handle: route.post };
    if (!allow.split(", ").includes(request.method)) {
      return textResponse(405, "Method not allowed", { allow });
    }
    if (request.method === "POST" && isCrossSite(request)) return textResponse(403, "Forbidden");
    try {
      return await handle(request);
    } catch (error) {
      onError(error, request);
      return textResponse(500, "Internal server error");
    }
  }

  return async (request) => {
    const response = await answer(request);
    if (request.method !== "HEAD") return response;
    await response.body?.cancel();
    return new Response(null, response);
  };
}

/** Returns whether the Host header is a host, with or without a port, and nothing that Deno would take for the path of the URL. */
function hasPlainHost({ headers }: Request): boolean {
  return !/[/\\?#@]/.test(headers.get("host") ?? "");
}

/** Returns whether a browser says that a page of another site makes it send the request. */
function isCrossSite({ headers }: Request): boolean {
  return ["cross-site", "same-site"].includes(headers.get("sec-fetch-site") ?? "");
}
