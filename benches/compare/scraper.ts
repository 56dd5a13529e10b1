/**
 * A scraper with its own connection. `fetch` would decompress the body, within the measured time.
 *
 * @module
 */

/** A response. */
export interface Scrape {
  readonly status: number;
  /** The headers, with names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The length of the body. */
  readonly size: number;
  /** The body as it was sent, not decompressed, if it was requested. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode Scraper.scrape}. */
export interface ScrapeOptions {
  /**
   * Whether to accept gzip.
   *
   * @default {false}
   */
  gzip?: boolean;
  /**
   * Whether to keep the body.
   *
   * @default {false}
   */
  keep?: boolean;
}

const CAPACITY = 1 << 20;

/** Requests /metrics on a persistent connection. */
export class Scraper implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #port: number;
  readonly #buffer = new Uint8Array(CAPACITY);
  #start = 0;
  #end = 0;

  private constructor(connection: Deno.Conn, port: number) {
    this.#connection = connection;
    this.#port = port;
  }

  /** Connects to a port of 127.0.0.1. */
  static async connect(port: number): Promise<Scraper> {
    return new Scraper(await Deno.connect({ hostname: "127.0.0.1", port }), port);
  }

  /**
   * Scrapes once.
   *
   * @throws {Error} If the response is invalid.
   */
  async scrape({ gzip = false, keep = false }: ScrapeOptions = {}): Promise<Scrape> {
    await this.#send(
      `GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n` +
        `Accept: text/plain;version=0.0.4\r\n${gzip ? "Accept-Encoding: gzip\r\n" : ""}\r\n`,
    );
    const status = Number((await this.#line()).split(" ")[1]);
    const headers = await this.#headers();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const take = keep
      ? (piece: Uint8Array<ArrayBuffer>) => void pieces.push(piece.slice())
      : NOWHERE;
    const size = headers.get("transfer-encoding") === "chunked"
      ? await this.#chunks(take)
      : await this.#bytes(Number(headers.get("content-length")), take);
    return { status, headers, size, body: keep ? await join(pieces) : EMPTY };
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #send(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#connection.write(bytes.subarray(sent));
    }
  }

  async #headers(): Promise<Map<string, string>> {
    const headers = new Map<string, string>();
    for (let line = await this.#line(); line !== ""; line = await this.#line()) {
      const colon = line.indexOf(":");
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    return headers;
  }

  async #chunks(take: Take): Promise<number> {
    let size = 0;
    while (true) {
      const length = parseInt(await this.#line(), 16);
      size += await this.#bytes(length, take);
      await this.#line();
      if (length === 0) return size;
    }
  }

  async #bytes(length: number, take: Take): Promise<number> {
    if (!(length >= 0)) throw new Error(`Cannot read response: a length is ${length}`);
    for (let rest = length; rest > 0;) {
      if (this.#start === this.#end) await this.#fill();
      const piece = this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + rest));
      take(piece);
      this.#start += piece.length;
      rest -= piece.length;
    }
    return length;
  }

  async #line(): Promise<string> {
    let text = "";
    while (!text.endsWith("\r\n")) {
      if (this.#start === this.#end) await this.#fill();
      const bytes = this.#buffer.subarray(this.#start, this.#end);
      const end = bytes.indexOf(NEWLINE);
      const piece = end < 0 ? bytes : bytes.subarray(0, end + 1);
      text += new TextDecoder().decode(piece);
      this.#start += piece.length;
    }
    return text.slice(0, -2);
  }

  async #fill(): Promise<void> {
    const count = await this.#connection.read(this.#buffer);
    if (count === null) throw new Error("Cannot read response: the connection was closed");
    this.#start = 0;
    this.#end = count;
  }
}

type Take = (piece: Uint8Array<ArrayBuffer>) => void;

const NOWHERE: Take = () => {};
const NEWLINE = 10;
const EMPTY = new Uint8Array();

async function join(pieces: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
