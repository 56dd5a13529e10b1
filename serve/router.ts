/**
 * Which request goes where, and what becomes of those that should not have come.
 *
 * @module
 */

import { textResponse } from "./response.ts";

/** Answers `GET`. `HEAD` gets the same without the body. */
export type Route = (request: Request) => Response | Promise<Response>;

/**
 * Makes a function that answers any request and never rejects: by the route of its path, or with 400, 404, 405 or 500.
 *
 * @param routes By path.
 * @param onError Hears of what a route throws; whoever asked does not.
 */
export function router(
  routes: Readonly<Record<string, Route>>,
  onError: (error: unknown, request: Request) => void,
): (request: Request) => Promise<Response> {
  const paths = new Map(Object.entries(routes));

  async function answer(request: Request): Promise<Response> {
    // A request may have a target or a Host that makes none.
    const url = URL.parse(request.url);
    if (url === null) return textResponse(400, "Bad request");
    const route = paths.get(url.pathname);
    if (route === undefined) return textResponse(404, "Not found");
    if (request.method !== "GET" && request.method !== "HEAD") {
      return textResponse(405, "Method not allowed", { allow: "GET, HEAD" });
    }
    try {
      return await route(request);
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
