/**
 * Responses to simple requests, as bytes of HTTP/1.1 (RFC 9112, sections 4 to 7).
 *
 * @module
 */

import { type BodySink, sendBody } from "./body.ts";
import type { Reply } from "./response.ts";

/** The texts of the statuses that an exporter has. They may be left out. */
const TEXTS: Readonly<Record<number, string>> = {
  200: "OK",
  302: "Found",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  421: "Misdirected Request",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** How a reply is sent. */
export interface SendOptions {
  /** Whether it answers `HEAD`, so that it has no body. */
  readonly isHead: boolean;
  /** The seconds for which the connection stays open; 0 if it is closed afterwards. */
  readonly keepAlive: number;
  /** Called when the last bytes are on their way. */
  readonly onLast: () => void;
}

/** Sends a reply, and returns whether the client has all of it. If that is impossible, it closes the connection, so it never rejects. */
export async function sendReply(
  reply: Reply,
  sink: BodySink,
  { isHead, keepAlive, onLast }: SendOptions,
): Promise<boolean> {
  const { headers } = reply;
  const body = isHead ? null : reply.body;
  const length = headers.has("content-length") ? Number(headers.get("content-length")) : undefined;
  const isStream = body instanceof ReadableStream;
  const isChunked = isStream && length === undefined;
  let head = `HTTP/1.1 ${reply.status} ${TEXTS[reply.status] ?? ""}\r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  if (isChunked) head += "transfer-encoding: chunked\r\n";
  else if (!isStream && length === undefined && !isHead) {
    head += `content-length: ${body?.length ?? 0}\r\n`;
  }
  head += `Date: ${httpDate()}\r\n`;
  head += keepAlive > 0
    ? `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAlive}\r\n\r\n`
    : "Connection: close\r\n\r\n";
  try {
    if (!isStream) {
      onLast();
      await sink.write(joined(head, body ?? NOTHING));
      return true;
    }
    await sink.write(joined(head, NOTHING));
    if (!isChunked) return await sendBody(body, length, sink);
    if (!await sendBody(body, undefined, chunked(sink))) return false;
    onLast();
    await sink.write(joined("0\r\n\r\n", NOTHING));
    return true;
  } catch {
    sink.destroy();
    return false;
  }
}

const NOTHING = new Uint8Array(0);

/** Returns a sink that frames what it gets as chunks. */
function chunked(sink: BodySink): BodySink {
  return {
    write: async (bytes) => {
      if (bytes.length === 0) return;
      await sink.write(joined(`${bytes.length.toString(16)}\r\n`, bytes, "\r\n"));
    },
    destroy: () => sink.destroy(),
    onClose: (listener) => sink.onClose(listener),
  };
}

/** Returns texts of ISO-8859-1, as headers are, and bytes between them in one array, so that one system call sends them. */
function joined(before: string, bytes: Uint8Array, after: string = ""): Uint8Array {
  const all = new Uint8Array(before.length + bytes.length + after.length);
  for (let i = 0; i < before.length; i++) all[i] = before.charCodeAt(i);
  all.set(bytes, before.length);
  const offset = before.length + bytes.length;
  for (let i = 0; i < after.length; i++) all[offset + i] = after.charCodeAt(i);
  return all;
}

let date = "";
let dateSecond = 0;

/** Returns the current time for the header `Date`, made once a second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    date = new Date(second * 1000).toUTCString();
    dateSecond = second;
  }
  return date;
}
