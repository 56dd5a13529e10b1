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

/** A request without a body, since no endpoint takes one. */
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
 */
export function requestOf(request: Request, client?: Client): HttpRequest {
  if (client !== undefined) return new WebRequest(request, client);
  return origins.get(request) ?? new WebRequest(request, UNKNOWN);
}

class WebRequest implements HttpRequest {
  readonly pathname: string | undefined;
  readonly search: string;
  readonly client: Client;
  readonly #request: Request;

  constructor(request: Request, client: Client) {
    // An invalid request target or Host header makes the URL invalid.
    const url = URL.parse(request.url);
    this.pathname = url?.pathname;
    this.search = url?.search ?? "";
    this.client = client;
    this.#request = request;
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

  toWeb(): Request {
    return this.#request;
  }
}
