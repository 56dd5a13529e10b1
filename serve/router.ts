/**
 * Routing of requests by path.
 *
 * @module
 */

import type { HttpRequest } from "./request.ts";
import { type Reply, textReply } from "./response.ts";

/** Answers a request. */
export type Route = (request: HttpRequest) => Reply | Promise<Reply>;

/** Answers `POST` requests. A plain {@linkcode Route} answers `GET` requests, and `HEAD`, for which the router drops the body. */
export interface PostRoute {
  /** Answers a request that does not come from a page of another site. */
  readonly post: Route;
}

/**
 * Creates a request handler that never rejects. It responds with the route of the path, or with status 400, 404, 405 or 500.
 *
 * @param routes The routes by path.
 * @param find Returns the route of a path that is not among them.
 * @param onError Called with the errors of routes, which the response does not reveal.
 */
export function router(
  routes: Readonly<Record<string, Route | PostRoute>>,
  find: (path: string) => Route | undefined,
  onError: (error: unknown, request: HttpRequest) => void,
): (request: HttpRequest) => Promise<Reply> {
  const paths = new Map(Object.entries(routes));

  async function answer(request: HttpRequest): Promise<Reply> {
    const { method, pathname } = request;
    if (pathname === undefined || !hasPlainHost(request)) return textReply(400, "Bad request");
    const route = paths.get(pathname) ?? find(pathname);
    if (route === undefined) return textReply(404, "Not found");
    const isPost = typeof route !== "function";
    if (isPost ? method !== "POST" : method !== "GET" && method !== "HEAD") {
      return textReply(405, "Method not allowed", { allow: isPost ? "POST" : "GET, HEAD" });
    }
    if (isPost && isCrossSite(request)) return textReply(403, "Forbidden");
    try {
      return await (isPost ? route.post : route)(request);
    } catch (error) {
      onError(error, request);
      return textReply(500, "Internal server error");
    }
  }

  return async (request) => {
    const reply = await answer(request);
    if (request.method !== "HEAD") return reply;
    if (reply.body instanceof ReadableStream) await reply.body.cancel();
    return { ...reply, body: null };
  };
}

/** Returns whether the Host header is a host, with or without a port, and nothing that Deno would take for the path of the URL. */
function hasPlainHost({ headers }: HttpRequest): boolean {
  return !/[/\\?#@]/.test(headers.get("host") ?? "");
}

/** Returns whether a browser says that a page of another site makes it send the request. */
export function isCrossSite({ headers }: HttpRequest): boolean {
  return ["cross-site", "same-site"].includes(headers.get("sec-fetch-site") ?? "");
}
