/**
 * Listening for requests, and ceasing to without cutting off anybody who reads.
 *
 * @module
 */

import { settlesWithin } from "../model/deadline.ts";

/** Options of {@linkcode Server}. */
export interface ServerOptions {
  /** The host name or IP address to listen on; an IPv6 address without brackets. */
  hostname: string;
  /** The port; 0: any that is free. */
  port: number;
  /** Answers requests. */
  handler: (request: Request) => Promise<Response>;
  /** Hears of each error after which the server listens anew. It must not throw. */
  onFailure: (error: unknown) => void;
}

/** Milliseconds before listening anew, so that a lasting shortage does not become a busy loop. */
const PAUSE = 100;

/** An HTTP server on one TCP port. */
export class Server {
  readonly #options: ServerOptions;
  readonly #unfinished = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #server: Deno.HttpServer<Deno.NetAddr>;
  #isClosing = false;

  /**
   * Listens.
   *
   * @throws {Error} If it cannot. The message says why in a line, the cause is what Deno threw.
   */
  constructor(options: ServerOptions) {
    this.#options = options;
    this.#server = this.#listen(options.port);
  }

  /** Where it listens, with the port that it got. */
  get url(): URL {
    return new URL(`http://${authority(this.#options.hostname, this.#server.addr.port)}/`);
  }

  /**
   * Lets responses that are under way be read to their end for so many seconds, and closes every connection. Requests that
   * come before the last of these responses has ended still reach the handler.
   *
   * @returns Whether everything is closed. Otherwise somebody stalls who has been sent the last bytes of a response: Deno
   *   then keeps that connection, and the process, until it has been read or is closed by the other side.
   */
  async close(seconds: number): Promise<boolean> {
    this.#isClosing = true;
    const until = performance.now() + seconds * 1000;
    if (await settlesWithin(Promise.all(this.#unfinished), seconds)) {
      const secondsLeft = Math.max(0, (until - performance.now()) / 1000);
      return settlesWithin(this.#server.shutdown(), secondsLeft);
    }
    // Deno cannot abort a server that is shutting down, so it is one or the other.
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
      this.#unfinished.delete(completed);
    });
    this.#unfinished.add(completed);
    return this.#options.handler(request);
  }

  /** Running out of file descriptors, for one, ends a server of Deno's. That must not end the program's metrics. */
  async #recover(error: unknown): Promise<void> {
    while (!this.#isClosing) {
      this.#options.onFailure(error);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
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

/** Deno asks the person at the terminal for a permission that is missing, which nobody expects of a service. */
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
