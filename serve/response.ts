/**
 * HTTP responses of an exporter, as handlers return them. A web `Response` is created from them for programs with a server of their
 * own only, because that takes longer than most answers.
 *
 * @module
 */

import type { Exposition } from "../exposition.ts";
import type { Ticket } from "./in_flight.ts";

/** The headers of a response. `Headers` has these members, and a `Map` with names in lower case. */
export interface ReplyHeaders extends Iterable<[string, string]> {
  get(name: string): string | null | undefined;
  has(name: string): boolean;
  set(name: string, value: string): unknown;
  delete(name: string): unknown;
}

/** A response. */
export interface Reply {
  /** The status. */
  readonly status: number;
  /** The headers, by their names in lower case. */
  readonly headers: ReplyHeaders;
  /** The body; null if there is none. */
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** Returns a web response as a reply. */
export function replyOf({ status, headers, body }: Response): Reply {
  return { status, headers: new Headers(headers), body };
}

/** Returns a reply as a web response. */
export function responseOf({ status, headers, body }: Reply): Response {
  return new Response(body, { status, headers: [...headers] });
}

/** Returns a reply with a line of text. */
export function textReply(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return reply(`${text}\n`, status, "text/plain; charset=utf-8", headers);
}

/** Returns a reply with a value in JSON. */
export function jsonReply(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return reply(JSON.stringify(value), 200, "application/json", headers);
}

/** Returns a page with a content security policy. */
export function htmlReply(
  html: string,
  policy: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const withPolicy = { ...headers, "content-security-policy": policy };
  return reply(html, 200, "text/html; charset=utf-8", withPolicy);
}

/** The size in bytes from which expositions are streamed. */
const STREAM_THRESHOLD = 1 << 16;

/**
 * Returns an exposition as a reply, and disposes of it. Large ones are streamed.
 *
 * @param ticket Told when the response has ended. It is turned into an answer with status 503 if there is no memory for it.
 */
export function expositionReply(exposition: Exposition, ticket: Ticket): Reply {
  const { contentType, encoding, byteLength } = exposition;
  const body = bodyOf(exposition, ticket);
  if (body === undefined) return busyReply();
  const headers = new Map([
    ["content-length", String(byteLength)],
    ["vary", "Accept, Accept-Encoding"],
    ["content-type", contentType],
    ["x-content-type-options", "nosniff"],
  ]);
  if (encoding !== "identity") headers.set("content-encoding", encoding);
  return { status: 200, headers, body };
}

/** Returns a reply to a request that would be one too many. */
export function busyReply(): Reply {
  return textReply(503, "Too many requests in flight", { "retry-after": "1" });
}

function bodyOf(exposition: Exposition, ticket: Ticket): Reply["body"] | undefined {
  if (exposition.byteLength >= STREAM_THRESHOLD) return streamOf(exposition, ticket);
  using small = exposition;
  ticket.leave();
  return small.bytes();
}

/** Returns a stream of an exposition that the ticket can end. */
function streamOf(
  exposition: Exposition,
  ticket: Ticket,
): ReadableStream<Uint8Array<ArrayBuffer>> | undefined {
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
function reply(
  text: string,
  status: number,
  contentType: string,
  more: Readonly<Record<string, string>>,
): Reply {
  const body = new TextEncoder().encode(text);
  const headers = new Map(
    [
      ...Object.entries(more),
      ["content-length", String(body.byteLength)],
      ["content-type", contentType],
      ["x-content-type-options", "nosniff"],
    ] as const,
  );
  return { status, headers, body };
}
