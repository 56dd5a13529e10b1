/**
 * Requests to sources over HTTP.
 *
 * `fetch()` has neither Unix sockets nor the options of TLS that are needed, and reads only the first member of a gzip stream.
 *
 * @module
 */

import type { ClientRequest, IncomingMessage } from "node:http";
import { toOneLine } from "../model/describe.ts";
import { BoundedBytes } from "./bounded_bytes.ts";
import { type HttpAddress, withoutQuery } from "./http_address.ts";
import { type HttpOptions, requestHeaders, tlsSettings } from "./http_options.ts";

/** How many redirects are followed. */
const MAX_REDIRECTS = 5;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** A request. */
export interface HttpRequestInit {
  readonly address: HttpAddress;
  readonly options: HttpOptions;
  /** The headers that this kind of source sends, unless the options have them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a POST request. Without one, it is a GET request. */
  readonly body?: string | undefined;
  /** The status codes of success. By default, those from 200 to 299. */
  readonly statusCodes?: readonly number[] | undefined;
  /** Ends the request. */
  readonly signal: AbortSignal;
  /** The maximum size of the body, decompressed. */
  readonly maxBytes: number;
}

/** A response. */
export interface HttpReply {
  /** The body, decompressed. */
  readonly body: Uint8Array;
  /** The content type; an empty text without one. */
  readonly contentType: string;
}

/**
 * Sends a request. Redirects are followed within the same origin only, so that credentials go nowhere else.
 *
 * @throws {Error} If there is no successful response. No secret appears in the message.
 */
export async function request(init: HttpRequestInit): Promise<HttpReply> {
  const { address } = init;
  try {
    let { url } = address;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await send(init, url);
      const { statusCode = 0, headers } = response;
      if (!REDIRECTS.includes(statusCode) || headers.location === undefined) {
        return await readReply(response, init);
      }
      response.destroy();
      url = redirected(headers.location, url, init);
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects`);
  } catch (error) {
    const { message } = error as Error;
    const reason = init.signal.aborted ? "no response in time" : toOneLine(message);
    throw new Error(`Cannot read "${address.text}": ${reason}`);
  }
}

function redirected(location: string, from: URL, { options, body }: HttpRequestInit): URL {
  const url = URL.parse(location, from);
  const target = url === null ? "an invalid URL" : withoutQuery(url);
  if (!options.followRedirects || body !== undefined) throw new Error(`redirect to ${target}`);
  if (url === null || url.origin !== from.origin) {
    throw new Error(`redirect to ${target}, which is not followed to another origin`);
  }
  return url;
}

async function send(init: HttpRequestInit, url: URL): Promise<IncomingMessage> {
  const { address, options, body, signal } = init;
  const isSecure = url.protocol === "https:";
  const headers = { ...init.headers, ...await requestHeaders(options) };
  const settings = {
    method: body === undefined ? "GET" : "POST",
    headers: { host: url.host, "accept-encoding": "gzip", ...headers },
    agent: false as const,
    path: url.pathname + url.search,
    ...(address.socketPath === undefined
      ? { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: url.port || undefined }
      : { socketPath: address.socketPath }),
    ...(isSecure && await tlsSettings(options)),
  };
  const client = isSecure ? await import("node:https") : await import("node:http");
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const outgoing: ClientRequest = client.request(settings, resolve);
    outgoing.on("error", reject);
    const abort = () => outgoing.destroy(new Error("no response in time"));
    signal.addEventListener("abort", abort);
    outgoing.on("close", () => signal.removeEventListener("abort", abort));
    outgoing.end(body);
  });
}

async function readReply(response: IncomingMessage, init: HttpRequestInit): Promise<HttpReply> {
  const { statusCode = 0, headers } = response;
  const isGood = init.statusCodes?.includes(statusCode) ?? (statusCode >= 200 && statusCode < 300);
  if (!isGood) {
    response.destroy();
    throw new Error(`status ${statusCode}`);
  }
  const encoding = headers["content-encoding"]?.toLowerCase() ?? "identity";
  let stream: AsyncIterable<Uint8Array> = response;
  if (encoding === "gzip") {
    const { createGunzip } = await import("node:zlib");
    const gunzip = createGunzip();
    response.on("error", (error) => gunzip.destroy(error));
    stream = response.pipe(gunzip);
  } else if (encoding !== "identity") {
    response.destroy();
    throw new Error(`unknown content encoding "${encoding}"`);
  }
  try {
    const body = await readAll(stream, init.maxBytes);
    return { body, contentType: headers["content-type"] ?? "" };
  } finally {
    response.destroy();
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const bytes = new BoundedBytes(maxBytes);
  for await (const chunk of stream) {
    if (!bytes.add(chunk)) throw new Error(`more than ${maxBytes} bytes`);
  }
  return bytes.bytes();
}
