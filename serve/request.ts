/**
 * Requests as handlers see them. Creating a web `Request` takes longer than answering most of them, so it is created only for those
 * who ask for it.
 *
 * @module
 */

/** The client of a request. */
export interface Client {
  /** The IP address; empty for a Unix socket, and if it is unknown. */
  readonly address: string;
  /** Whether the request arrived at a loopback address. */
  readonly isLoopback: boolean;
  /** Aborts if the client disconnects before the response has ended. Absent if that cannot be told. */
  readonly gone?: AbortSignal;
}

/** A request. */
export interface HttpRequest {
  /** The method, such as `GET`. */
  readonly method: string;
  /** The URL. */
  readonly url: string;
  /** The path of the URL; undefined if the URL is invalid. */
  readonly pathname: string | undefined;
  /** The query of the URL with its question mark; empty if there is none. */
  readonly search: string;
  /** The headers, by their names in lower case. */
  readonly headers: Pick<Headers, "get">;
  /** The client. */
  readonly client: Client;
  /** The body; absent if there is none. */
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** Returns the request as a web request, always the same. */
  toWeb(): Request;
}

const UNKNOWN: Client = { address: "", isLoopback: false };

/** The requests that web requests were created from, or that are views of them. */
const origins = new WeakMap<Request, HttpRequest>();

/** Creates a web request, from which {@linkcode requestOf} returns to the original one. */
export function createWebRequest(origin: HttpRequest, headers: HeadersInit): Request {
  const { url, method } = origin;
  const request = new Request(url, { method, headers });
  origins.set(request, origin);
  return request;
}

/**
 * Returns a web request as a request.
 *
 * @param client The client. By default, that of the request which this one was created from, if there is one.
 * @param body Returns the body, if the web request does not have it.
 */
export function requestOf(
  request: Request,
  client?: Client,
  body?: () => ReadableStream<Uint8Array<ArrayBuffer>>,
): HttpRequest {
  if (client !== undefined) return new WebRequest(request, client, body);
  return origins.get(request) ?? new WebRequest(request, UNKNOWN);
}

class WebRequest implements HttpRequest {
  readonly pathname: string | undefined;
  readonly search: string;
  readonly client: Client;
  readonly #request: Request;
  readonly #body: (() => ReadableStream<Uint8Array<ArrayBuffer>>) | undefined;

  constructor(
    request: Request,
    client: Client,
    body?: () => ReadableStream<Uint8Array<ArrayBuffer>>,
  ) {
    // An invalid request target or Host header makes the URL invalid.
    const url = URL.parse(request.url);
    this.pathname = url?.pathname;
    this.search = url?.search ?? "";
    this.client = client;
    this.#request = request;
    this.#body = body;
    origins.set(request, this);
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  get headers(): Headers {
    return this.#request.headers;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#body?.() ?? this.#request.body;
  }

  toWeb(): Request {
    return this.#request;
  }
}
