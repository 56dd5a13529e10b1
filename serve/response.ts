/**
 * HTTP responses of an exporter.
 *
 * @module
 */

import type { Exposition } from "../exposition.ts";

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

/** Seconds after which a stalled client is disconnected. It can tell from `Content-Length` that the body is incomplete. */
const STALL_TIMEOUT = 30;

/** Returns an exposition as a response, and disposes of it. Large ones are streamed. */
export function expositionResponse(exposition: Exposition): Response {
  const { contentType, encoding, byteLength } = exposition;
  return respond(bodyOf(exposition), 200, contentType, {
    "content-length": String(byteLength),
    "vary": "Accept, Accept-Encoding",
    ...(encoding !== "identity" && { "content-encoding": encoding }),
  });
}

function bodyOf(exposition: Exposition): BodyInit {
  if (exposition.byteLength >= STREAM_THRESHOLD) {
    return exposition.stream({ dispose: true, patience: STALL_TIMEOUT });
  }
  using small = exposition;
  return small.bytes();
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
