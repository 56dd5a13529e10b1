/**
 * Servers to be probed, which send what they are told to.
 *
 * @module
 */

import type { Certificate } from "./certificates.ts";

/** Answers a connection after the head of its request was read. */
export type Answer = (connection: Deno.Conn, head: string) => void | Promise<void>;

/** A server on loopback, one answer a connection. */
export class RawTarget implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #serving: Promise<void>;
  /** The heads of the requests. */
  readonly heads: string[] = [];

  /** Starts it, encrypted with a certificate. */
  constructor(answer: Answer | string, certificate?: Certificate) {
    const address = { hostname: "127.0.0.1", port: 0 };
    this.#listener = certificate === undefined
      ? Deno.listen(address)
      : Deno.listenTls({ ...address, ...certificate });
    this.#serving = this.#serve(typeof answer === "string" ? sending(answer) : answer);
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** The host and the port. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(answer: Answer): Promise<void> {
    const answers: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      answers.push(this.#answer(connection, answer).catch(() => {}));
    }
    await Promise.all(answers);
  }

  async #answer(connection: Deno.Conn, answer: Answer): Promise<void> {
    using _ = connection;
    const head = await readHead(connection);
    this.heads.push(head);
    await answer(connection, head);
  }
}

/** Writes all of a text. */
export async function send(connection: Deno.Conn, text: string): Promise<void> {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await connection.write(bytes));
}

/** Waits until the other side closes. */
export async function untilClosed(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (await connection.read(buffer) !== null);
}

function sending(text: string): Answer {
  return (connection) => send(connection, text);
}

async function readHead(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(16 * 1024);
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return text;
}
