/**
 * A server that tests send requests to.
 *
 * @module
 */

/** A request that came. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A server with a handler, or that treats connections as it likes. */
export class HttpTarget implements AsyncDisposable {
  /** The requests that came. */
  readonly requests: ReceivedRequest[] = [];
  readonly #close: () => Promise<void>;
  /** The URL, without a slash at the end. */
  readonly url: string;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  /** Starts a server, at a Unix socket or a free port. */
  static serve(
    handler: (request: ReceivedRequest) => Response | Promise<Response>,
    options: { path?: string; cert?: string; key?: string } = {},
  ): HttpTarget {
    const take = async (request: Request) => {
      const { method, url } = request;
      const body = await request.text();
      const received = { method, url, headers: new Headers(request.headers), body };
      target.requests.push(received);
      return handler(received);
    };
    const { path, cert, key } = options;
    const onListen = () => {};
    const server = path !== undefined ? Deno.serve({ path, onListen }, take) : Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen,
      ...(cert !== undefined && key !== undefined && { cert, key }),
    }, take);
    const { addr } = server;
    const scheme = cert === undefined ? "http" : "https";
    const url = "port" in addr ? `${scheme}://127.0.0.1:${addr.port}` : `unix:${path}:`;
    const target = new HttpTarget(url, () => server.shutdown());
    return target;
  }

  /** Starts a server that answers each connection with some bytes after the request, and then ends it or not. */
  static raw(bytes: string | Uint8Array, { ends }: { ends: boolean }): HttpTarget {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const connections: Deno.Conn[] = [];
    const accepting = (async () => {
      for await (const connection of listener) {
        connections.push(connection);
        await connection.read(new Uint8Array(10_000));
        const answer = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
        await connection.write(answer).catch(() => {});
        if (ends) connection.close();
      }
    })();
    return new HttpTarget(`http://127.0.0.1:${listener.addr.port}`, async () => {
      listener.close();
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // It is closed already.
        }
      }
      await accepting.catch(() => {});
    });
  }

  /** Closes the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
