/**
 * HTTP responses of an exporter.
 *
 * @module
 */

import type { Exposition } from "../exposition.ts";
import type { Ticket } from "./in_flight.ts";

/** Returns a response with a line of text. */
export function textResponse(
  status: number,
  text: string,
  headers?: Record<string, string>,
): Response {
  return respondText(`${text}\n`, status, "text/plain; charset=utf-8", headers);
}

/** Returns a page with a content security policy. */
export function htmlResponse(html: string, policy: string): Response {
  return respondText(html, 200, "text/html; charset=utf-8", { "content-security-policy": policy });
}

/** The size in bytes from which expositions are streamed. */
const STREAM_THRESHOLD = 1 << 16;

/**
 * Returns an exposition as a response, and disposes of it. Large ones are streamed.
 *
 * @param ticket Told when the response has ended. It is turned into an answer with status 503 if there is no memory for it.
 */
export function expositionResponse(exposition: Exposition, ticket: Ticket): Response {
  const { contentType, encoding, byteLength } = exposition;
  const body = bodyOf(exposition, ticket);
  if (body === undefined) return busyResponse();
  return respond(body, 200, contentType, {
    "content-length": String(byteLength),
    "vary": "Accept, Accept-Encoding",
    ...(encoding !== "identity" && { "content-encoding": encoding }),
  });
}

/** Returns a response for a request that would be one too many. */
export function busyResponse(): Response {
  return textResponse(503, "Too many requests in flight", { "retry-after": "1" });
}

function bodyOf(exposition: Exposition, ticket: Ticket): BodyInit | undefined {
  if (exposition.byteLength >= STREAM_THRESHOLD) return streamOf(exposition, ticket);
  using small = exposition;
  ticket.leave();
  return small.bytes();
}

/** Returns a stream of an exposition that the ticket can end. */
function streamOf(exposition: Exposition, ticket: Ticket): ReadableStream | undefined {
  const { chunks: held, byteLength: bytes } = exposition;
  const portions = exposition.stream({ dispose: true }).getReader();
  let isAdmitted = false;
  const body = new ReadableStream({
    start(controller) {
      const end = () => {
        controller.error(new DOMException("The client does not read", "TimeoutError"));
        void portions.cancel();
      };
      isAdmitted = ticket.send({ held, bytes, end });
    },
    async pull(controller) {
      ticket.progress();
      const { value, done } = await portions.read();
      if (!done) return controller.enqueue(value);
      ticket.leave();
      controller.close();
    },
    cancel() {
      ticket.leave();
      return portions.cancel();
    },
  }, { highWaterMark: 0 });
  if (isAdmitted) return body;
  void portions.cancel();
  return undefined;
}

/** Sets `Content-Length`, which a response to HEAD would otherwise lack. */
function respondText(
  text: string,
  status: number,
  contentType: string,
  headers?: Record<string, string>,
): Response {
  const body = new TextEncoder().encode(text);
  return respond(body, status, contentType, {
    ...headers,
    "content-length": String(body.byteLength),
  });
}

function respond(
  body: BodyInit,
  status: number,
  contentType: string,
  headers?: HeadersInit,
): Response {
  const response = new Response(body, { status, headers: headers ?? {} });
  response.headers.set("content-type", contentType);
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}
