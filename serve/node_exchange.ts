/**
 * One request and its response, between the HTTP server of Node and a handler of web requests.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { type BodySink, sendBody } from "./body.ts";
import type { Handler } from "./exchanges.ts";
import { Gone } from "./gone.ts";
import { type Client, type HttpRequest, requestOf } from "./request.ts";
import { type Reply, textReply } from "./response.ts";

/** The maximum number of headers of a request. The time to collect them grows with its square. */
const MAX_HEADERS = 100;

/** The maximum number of bytes in the body of a request. Reading up to it keeps the connection usable. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Milliseconds after the end of a response in which the rest of the body of its request has to arrive. */
const BODY_TIME = 1000;

/** Where a request came from. */
export interface Origin extends Pick<Client, "address" | "isLoopback"> {
  /** The scheme of the URL. */
  readonly scheme: "http" | "https";
}

/**
 * Answers a request when it is its turn. Never rejects. Bodies that no endpoint has read are discarded.
 *
 * @param turn Resolves to whether the request is to be answered at all.
 */
export async function exchange(
  handler: Handler,
  { message, reply }: { readonly message: IncomingMessage; readonly reply: ServerResponse },
  origin: Origin,
  turn: Promise<boolean>,
): Promise<void> {
  reply.on("error", () => {}); // The client has disconnected, which "close" tells, too.
  message.on("error", () => {}); // The client has disconnected.
  // The body of a POST request may be for its endpoint, and waits until that has answered.
  if (message.method !== "POST") discardBody(message, reply);
  if (!await turn) return;
  try {
    const answer = await answerTo(handler, message, clientOf(reply, origin), origin);
    if (message.method === "POST") discardBody(message, reply);
    await send(answer, reply);
  } catch {
    // A response that cannot be sent, for example because of its headers.
    reply.destroy();
  }
}

function answerTo(
  handler: Handler,
  message: IncomingMessage,
  client: Client,
  origin: Origin,
): Reply | Promise<Reply> {
  if (message.rawHeaders.length > 2 * MAX_HEADERS) return textReply(431, "Too many headers");
  const request = toRequest(message, origin, client);
  return request === undefined ? textReply(400, "Bad request") : handler(request);
}

/** Reads a body, which would otherwise block the connection. Closes the connection if the body is too large or too slow. */
function discardBody(message: IncomingMessage, reply: ServerResponse): void {
  let left = MAX_BODY_BYTES;
  message.on("data", ({ length }: Uint8Array) => {
    left -= length;
    if (left < 0) message.destroy();
  });
  message.resume(); // A reader of a part of the body may have paused it.
  reply.once("close", () => {
    if (message.complete) return;
    const timer = setTimeout(() => message.destroy(), BODY_TIME);
    message.once("close", () => clearTimeout(timer));
  });
}

function clientOf(reply: ServerResponse, { address, isLoopback }: Origin): Client {
  const gone = new Gone();
  if (reply.destroyed) gone.note();
  reply.once("close", () => {
    if (!reply.writableFinished) gone.note();
  });
  return {
    address,
    isLoopback,
    get gone() {
      return gone.signal;
    },
  };
}

/** Returns the body of a message as a stream. Canceling it leaves the message usable. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let onData: (chunk: Uint8Array<ArrayBuffer>) => void;
  return new ReadableStream({
    start(controller) {
      onData = (chunk) => {
        message.pause();
        controller.enqueue(new Uint8Array(chunk));
      };
      message.on("data", onData).pause();
      message.once("end", () => {
        try {
          controller.close();
        } catch {
          // It was canceled.
        }
      });
      message.once("close", () => {
        if (!message.complete) controller.error(new Error("The client has disconnected"));
      });
    },
    pull: () => void message.resume(),
    cancel: () => void message.off("data", onData),
  }, { highWaterMark: 0 });
}

/** Returns a request; undefined if the target, the method or a header is invalid, or if there are several hosts. */
function toRequest(
  message: IncomingMessage,
  { scheme }: Origin,
  client: Client,
): HttpRequest | undefined {
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
    return requestOf(new Request(url, { method: method!, headers }), client, () => bodyOf(message));
  } catch {
    return undefined;
  }
}

async function send({ status, headers, body }: Reply, reply: ServerResponse): Promise<void> {
  reply.writeHead(status, Object.fromEntries(headers));
  if (!(body instanceof ReadableStream)) {
    reply.end(body ?? undefined);
    return;
  }
  const length = headers.has("content-length") ? Number(headers.get("content-length")) : undefined;
  if (await sendBody(body, length, sinkOf(reply))) reply.end();
}

function sinkOf(reply: ServerResponse): BodySink {
  return {
    write: async (bytes) => {
      if (!reply.write(bytes)) await drained(reply);
    },
    destroy: () => void reply.destroy(),
    onClose: (listener) => void reply.once("close", listener),
  };
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
