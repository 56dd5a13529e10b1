/**
 * One request and its response, between the HTTP server of Node and a handler of web requests.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { type Client, setClient } from "./client.ts";
import { textResponse } from "./response.ts";

/** The size in bytes up to which a body is sent in one piece. */
const ONE_PIECE = 1 << 16;

/** The maximum number of headers of a request. The time to collect them grows with its square. */
const MAX_HEADERS = 100;

/** The maximum number of bytes in the body of a request. Reading up to it keeps the connection usable. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Milliseconds after the end of a response in which the rest of the body of its request has to arrive. */
const BODY_TIME = 1000;

/** Handles a request. It never rejects. */
export type Handler = (request: Request) => Promise<Response>;

/** Where a request came from. */
export interface Origin extends Pick<Client, "address" | "isLoopback"> {
  /** The scheme of the URL. */
  readonly scheme: "http" | "https";
}

/** Answers a request. Never rejects. Bodies of requests are discarded, since no endpoint takes one. */
export async function exchange(
  handler: Handler,
  message: IncomingMessage,
  reply: ServerResponse,
  origin: Origin,
): Promise<void> {
  reply.on("error", () => {}); // The client has disconnected, which "close" tells, too.
  discardBody(message, reply);
  if (message.rawHeaders.length > 2 * MAX_HEADERS) {
    return send(textResponse(431, "Too many headers"), reply);
  }
  const request = toRequest(message, origin);
  if (request === undefined) return send(textResponse(400, "Bad request"), reply);
  setClient(request, new Requester(origin, reply));
  try {
    await send(await handler(request), reply);
  } catch {
    // A response that cannot be sent, such as one whose body fails or was read before.
    reply.destroy();
  }
}

/** Reads a body, which would otherwise block the connection. Closes the connection if the body is too large or too slow. */
function discardBody(message: IncomingMessage, reply: ServerResponse): void {
  let left = MAX_BODY_BYTES;
  message.on("error", () => {}); // The client has disconnected.
  message.on("data", ({ length }: Uint8Array) => {
    left -= length;
    if (left < 0) message.destroy();
  });
  reply.once("close", () => {
    if (message.complete) return;
    const timer = setTimeout(() => message.destroy(), BODY_TIME);
    message.once("close", () => clearTimeout(timer));
  });
}

class Requester implements Client {
  readonly address: string;
  readonly isLoopback: boolean;
  readonly #reply: ServerResponse;
  #gone: AbortSignal | undefined;

  constructor({ address, isLoopback }: Origin, reply: ServerResponse) {
    this.address = address;
    this.isLoopback = isLoopback;
    this.#reply = reply;
  }

  get gone(): AbortSignal {
    return this.#gone ??= abortsOnClose(this.#reply);
  }
}

function abortsOnClose(reply: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(new DOMException("The client is gone", "AbortError"));
  if (reply.destroyed) abort();
  else {
    reply.once("close", () => {
      if (!reply.writableFinished) abort();
    });
  }
  return controller.signal;
}

/** Returns a request without a body; undefined if the target, the method or a header is invalid, or if there are several hosts. */
function toRequest(message: IncomingMessage, { scheme }: Origin): Request | undefined {
  const {
    method,
    url: target = "",
    rawHeaders,
    headers: { host: named, ":authority": authority },
  } = message;
  const host = named ?? authority;
  try {
    const headers = new Headers();
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i]!;
      if (!name.startsWith(":")) headers.append(name, rawHeaders[i + 1]!);
    }
    if ((headers.get("host") ?? host) !== host) return undefined;
    if (host !== undefined) headers.set("host", `${host}`);
    const url = target.startsWith("/") ? `${scheme}://${host ?? "localhost"}${target}` : target;
    return new Request(url, { method: method!, headers });
  } catch {
    return undefined;
  }
}

async function send(response: Response, reply: ServerResponse): Promise<void> {
  const { status, headers, body } = response;
  reply.writeHead(status, Object.fromEntries(headers));
  const length = Number(headers.get("content-length"));
  if (body === null) {
    reply.end();
  } else if (length > 0 && length <= ONE_PIECE) {
    reply.end(new Uint8Array(await response.arrayBuffer()));
  } else {
    await pump(body, length, reply);
  }
}

/** Sends a body at the pace of the client. Closes the connection if the body ends early, so that the client notices. */
async function pump(
  body: ReadableStream<Uint8Array>,
  length: number,
  reply: ServerResponse,
): Promise<void> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  reply.once("close", cancel);
  reader.closed.catch(() => reply.destroy());
  let left = length;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done || reply.destroyed) break;
      left -= value.length;
      if (!reply.write(value)) await drained(reply);
    }
    if (left > 0) reply.destroy();
    else reply.end();
  } catch {
    reply.destroy();
  }
}

function drained(reply: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      reply.off("drain", settle);
      reply.off("close", settle);
      resolve();
    };
    reply.on("drain", settle);
    reply.on("close", settle);
  });
}
