/**
 * HTTP/1.1 by hand over one connection, for what `fetch` hides: what is sent when, what is read when, and when who closes.
 *
 * @module
 */

/** What precedes the body of a response. */
export interface RawHead {
  readonly status: number;
  readonly headers: Headers;
  /** The `Content-Length`, which the response must have. */
  readonly length: number;
}

/** A response as it came. */
export interface RawResponse extends RawHead {
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A connection that is kept open until one side closes it. */
export class Connection implements Disposable {
  readonly #connection: Deno.TcpConn;
  #unread = new Uint8Array(0);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to the host and port of a URL. */
  static async open({ hostname, port }: URL): Promise<Connection> {
    const address = hostname.replace(/^\[(.*)\]$/, "$1");
    return new Connection(await Deno.connect({ hostname: address, port: Number(port) }));
  }

  /** Sends bytes as they are. */
  async write(text: string): Promise<void> {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await this.#connection.write(rest));
  }

  /** Sends a request without a body. */
  request(path: string, options: { method?: string; headers?: string[] } = {}): Promise<void> {
    const { method = "GET", headers = [] } = options;
    return this.write(
      [`${method} ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n"),
    );
  }

  /** Reads the status and the headers of a response. */
  async head(): Promise<RawHead> {
    const head = new TextDecoder().decode(await this.#takeThrough("\r\n\r\n"));
    const [statusLine = "", ...fields] = head.trimEnd().split("\r\n");
    const headers = new Headers(
      fields.map((field): [string, string] => {
        const [name = "", ...value] = field.split(":");
        return [name, value.join(":").trim()];
      }),
    );
    return {
      status: Number(statusLine.split(" ")[1]),
      headers,
      length: Number(headers.get("content-length")),
    };
  }

  /** Reads so many bytes. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#unread.length === 0 && !await this.#fill()) {
        throw new Error(`Connection was closed after ${filled} bytes of ${length}`);
      }
      const part = this.#unread.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#unread = this.#unread.subarray(part.length);
    }
    return bytes;
  }

  /** Reads a whole response. */
  async response(options: { method?: string } = {}): Promise<RawResponse> {
    const head = await this.head();
    return { ...head, body: await this.take(options.method === "HEAD" ? 0 : head.length) };
  }

  /** Sends a request and reads the response. */
  async fetch(
    path: string,
    options: { method?: string; headers?: string[] } = {},
  ): Promise<RawResponse> {
    await this.request(path, options);
    return this.response(options);
  }

  /** Resolves when the other side closes the connection, in whatever manner. Rejects if it sends something instead. */
  async closed(): Promise<void> {
    if (this.#unread.length === 0 && !await this.#fill().catch(() => false)) return;
    throw new Error(`Expected the connection to be closed, got ${this.#unread.length} bytes`);
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // It is closed.
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #takeThrough(end: string): Promise<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const index = new TextDecoder("latin1").decode(this.#unread).indexOf(end);
      if (index >= 0) return this.take(index + end.length);
      if (!await this.#fill()) throw new Error("Connection was closed before the response");
    }
  }

  async #fill(): Promise<boolean> {
    const buffer = new Uint8Array(65536);
    const count = await this.#connection.read(buffer);
    if (count === null) return false;
    const both = new Uint8Array(this.#unread.length + count);
    both.set(this.#unread);
    both.set(buffer.subarray(0, count), this.#unread.length);
    this.#unread = both;
    return true;
  }
}
