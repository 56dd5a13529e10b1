/**
 * The responses of an exporter.
 *
 * @module
 */

import type { Exposition } from "../exposition.ts";

/** A line of text for people and probes. */
export function textResponse(
  status: number,
  text: string,
  headers?: Record<string, string>,
): Response {
  return respondText(`${text}\n`, status, "text/plain; charset=utf-8", headers);
}

/** A page under a content security policy. */
export function htmlResponse(html: string, policy: string): Response {
  return respondText(html, 200, "text/html; charset=utf-8", { "content-security-policy": policy });
}

/** Fewer bytes are sent at once. */
const STREAMED = 1 << 16;

/** Seconds after which a reader is cut off that does not read on. The length of what it got then tells it that the end is missing. */
const PATIENCE = 30;

/** What a scraper gets, large expositions as it reads them. The exposition is disposed of. */
export function expositionResponse(exposition: Exposition): Response {
  const { contentType, encoding, byteLength } = exposition;
  return respond(bodyOf(exposition), 200, contentType, {
    "content-length": String(byteLength),
    "vary": "Accept, Accept-Encoding",
    ...(encoding !== "identity" && { "content-encoding": encoding }),
  });
}

function bodyOf(exposition: Exposition): BodyInit {
  if (exposition.byteLength >= STREAMED) {
    return exposition.stream({ dispose: true, patience: PATIENCE });
  }
  using small = exposition;
  return small.bytes();
}

/** Says how long it is, which a response to HEAD would otherwise not know. */
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
