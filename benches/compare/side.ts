/**
 * A library in a separate process that answers requests.
 *
 * @module
 */

import type { Peer, PeerName } from "../peers/peers.ts";
import { lines } from "./lines.ts";
import type { Abilities, Reply, Request, RequestName, Requests } from "./protocol.ts";

/** A process that answers one request after another until it is disposed of. */
export class Side implements AsyncDisposable {
  /** The library. */
  readonly name: PeerName;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #replies: AsyncGenerator<string, void>;
  readonly #errors: Promise<string>;

  /** Starts the process. */
  constructor({ name, command: [program, ...args] }: Peer) {
    this.name = name;
    this.#process = new Deno.Command(program, {
      args,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#replies = lines(this.#process.stdout);
    this.#errors = new Response(this.#process.stderr).text();
  }

  /**
   * Sends a request and waits for the reply.
   *
   * @throws {Error} If the request fails, or the process has exited.
   */
  async ask<N extends RequestName>(request: Request<N>): Promise<Requests[N]["reply"]> {
    await this.#input.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
    const { value } = await this.#replies.next();
    if (value === undefined) {
      throw new Error(`Cannot ${request.do} with ${this.name}: it ended\n${await this.#errors}`);
    }
    const reply: Reply<N> = JSON.parse(value);
    if ("error" in reply) {
      throw new Error(`Cannot ${request.do} with ${this.name}: ${reply.error}`);
    }
    return reply.reply;
  }

  /** Returns the abilities of the library. */
  async abilities(): Promise<Abilities> {
    return await this.ask({ do: "hello" });
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has already exited.
    }
    await this.#process.status;
    await this.#errors;
    await this.#replies.return(undefined);
  }
}
