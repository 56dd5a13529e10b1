/**
 * An HTTP server with graceful shutdown.
 *
 * @module
 */

import { settlesWithin } from "../model/deadline.ts";

/** Options of {@linkcode Server}. */
export interface ServerOptions {
  /** The host name or IP address to listen on, an IPv6 address without brackets. */
  hostname: string;
  /** The port. 0 selects a free one. */
  port: number;
  /** Handles requests. */
  handler: (request: Request) => Promise<Response>;
  /** Called with each error after which the server listens again. It must not throw. */
  onFailure: (error: unknown) => void;
}

/** Milliseconds before listening again, to avoid a busy loop while resources are exhausted. */
const RETRY_DELAY = 100;

/** An HTTP server on one TCP port. */
export class Server {
  readonly #options: ServerOptions;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #server: Deno.HttpServer<Deno.NetAddr>;
  #isClosing = false;

  /**
   * Starts to listen.
   *
   * @throws {Error} If that fails. The message gives the reason in one line, and `cause` is the error of Deno.
   */
  constructor(options: ServerOptions) {
    this.#options = options;
    this.#server = this.#listen(options.port);
  }

  /** The URL, with the actual port. */
  get url(): URL {
    return new URL(`http://${authority(this.#options.hostname, this.#server.addr.port)}/`);
  }

  /**
   * Waits for responses in flight, at most the given number of seconds, and closes all connections. Requests that arrive before the
   * last of these responses has ended still reach the handler.
   *
   * @returns Whether all connections are closed. If not, a client has been sent the last bytes of a response and does not read
   *   them. Deno then keeps the connection open, and the process alive, until the client reads them or disconnects.
   */
  async close(seconds: number): Promise<boolean> {
    this.#isClosing = true;
    const until = performance.now() + seconds * 1000;
    if (await settlesWithin(Promise.all(this.#inFlight), seconds)) {
      const secondsLeft = Math.max(0, (until - performance.now()) / 1000);
      return settlesWithin(this.#server.shutdown(), secondsLeft);
    }
    // Deno cannot abort a server after `shutdown()`, so call one or the other.
    this.#abort.abort();
    return true;
  }

  #listen(port: number): Deno.HttpServer<Deno.NetAddr> {
    const { hostname } = this.#options;
    assertPermitted(hostname, port);
    try {
      const server = Deno.serve(
        { hostname, port, signal: this.#abort.signal, onListen: () => {} },
        (request, info) => this.#handle(request, info),
      );
      server.finished.catch((error) => this.#recover(error));
      return server;
    } catch (cause) {
      throw listenError(hostname, port, cause);
    }
  }

  #handle(request: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
    const completed = info.completed.catch(() => {}).finally(() => {
      this.#inFlight.delete(completed);
    });
    this.#inFlight.add(completed);
    return this.#options.handler(request);
  }

  /** Listens again after Deno's server has failed, for example because file descriptors ran out. */
  async #recover(error: unknown): Promise<void> {
    while (!this.#isClosing) {
      this.#options.onFailure(error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
      if (this.#isClosing) return;
      try {
        this.#server = this.#listen(this.#server.addr.port);
        return;
      } catch (failure) {
        error = failure;
      }
    }
  }
}

/** Throws if permission is missing, instead of letting Deno prompt for it on the terminal. */
function assertPermitted(hostname: string, port: number): void {
  const host = authority(hostname, port);
  if (Deno.permissions.querySync({ name: "net", host }).state === "granted") return;
  throw new Error(`Cannot listen on ${host}: not permitted, run with --allow-net=${host}`);
}

function listenError(hostname: string, port: number, cause: unknown): Error {
  return new Error(`Cannot listen on ${authority(hostname, port)}: ${reasonOf(cause)}`, { cause });
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) return "address already in use";
  if (error instanceof Deno.errors.AddrNotAvailable) return "not an address of this machine";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied by the system";
  return error instanceof Error ? error.message : String(error);
}

function authority(hostname: string, port: number): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
