/**
 * HTTP and TLS over connections that listeners have accepted. Simple requests are answered here, everything else by Node's servers.
 * Unlike in the server of Deno, there are timeouts, connections that can be counted and closed, client certificates, and certificates
 * that can be replaced.
 *
 * @module
 */

import type { Limits } from "../model/limits.ts";
import type { ByteConnection } from "./connection_stream.ts";
import type { Connections } from "./connections.ts";
import { Exchanges, type Handler, type Peer } from "./exchanges.ts";
import type { NodeHttp, SecureOptions } from "./node_http.ts";
import { ReadAhead } from "./read_ahead.ts";
import { SimpleHttp } from "./simple_http.ts";

/** Milliseconds between two looks at the timeouts of connections. */
const SWEEP_INTERVAL = 1000;

/** The maximum size of the head of a request, in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Options of {@linkcode HttpEngine}. */
export interface HttpEngineOptions {
  /** Answers requests. */
  readonly handler: Handler;
  /** Admits connections. */
  readonly connections: Connections;
  /** The timeouts, in seconds. */
  readonly limits: Pick<Limits, "headerTimeout" | "idleTimeout">;
  /** TLS. Without it, connections are not encrypted, and speak HTTP/1.1. */
  readonly secure?: SecureOptions | undefined;
}

/** Speaks HTTP over connections. */
export class HttpEngine {
  readonly #options: HttpEngineOptions;
  readonly #connections: Connections;
  readonly #exchanges: Exchanges;
  readonly #simple: SimpleHttp;
  readonly #timer: ReturnType<typeof setInterval>;
  #node: Promise<NodeHttp> | undefined;
  #secure: SecureOptions | undefined;

  private constructor(options: HttpEngineOptions) {
    const { handler, connections, limits, secure } = options;
    const exchanges = new Exchanges(connections);
    this.#options = options;
    this.#connections = connections;
    this.#exchanges = exchanges;
    this.#simple = new SimpleHttp({ handler, exchanges, idleTimeout: limits.idleTimeout });
    this.#timer = setInterval(() => connections.sweep(), SWEEP_INTERVAL);
    this.#secure = secure;
  }

  /** Creates an engine without connections. */
  static async create(options: HttpEngineOptions): Promise<HttpEngine> {
    const engine = new HttpEngine(options);
    if (options.secure !== undefined) await engine.#loadNode();
    return engine;
  }

  /** Takes over a connection, or closes it if there are too many. */
  take(accepted: ByteConnection): void {
    const source = new ReadAhead(accepted, MAX_HEAD_BYTES);
    const address = hostOf(accepted.remoteAddr);
    const connection = this.#connections.admit(address, () => source.close());
    if (connection === undefined) {
      source.close();
      return;
    }
    const isLoopback = isLoopbackAddress(hostOf(accepted.localAddr));
    void this.#serve(source, { connection, address, isLoopback });
  }

  /** Uses other certificates and settings for new connections. Whether clients can choose HTTP/2 stays as it is. */
  replaceSecure(secure: SecureOptions): void {
    this.#secure = secure;
    void this.#node?.then((node) => node.replaceSecure(secure));
  }

  /** Resolves when the requests that are being answered now have been. */
  idle(): Promise<void> {
    return this.#exchanges.idle();
  }

  /** From now on, closes connections when they become idle. */
  drain(): void {
    this.#exchanges.drain();
  }

  /** Closes all connections. */
  close(): void {
    clearInterval(this.#timer);
    this.#connections.closeAll();
    void this.#node?.then((node) => node.close());
  }

  async #serve(source: ReadAhead, peer: Peer): Promise<void> {
    try {
      if (this.#secure !== undefined || await this.#simple.serve(source, peer)) {
        const node = await this.#loadNode();
        return node.take(source, peer);
      }
    } catch {
      // Node could not be loaded. It is tried again for the next connection.
    }
    source.close();
    peer.connection.closed();
  }

  #loadNode(): Promise<NodeHttp> {
    return this.#node ??= this.#createNode();
  }

  async #createNode(): Promise<NodeHttp> {
    try {
      const { NodeHttp } = await import("./node_http.ts");
      const { handler, limits } = this.#options;
      return new NodeHttp({
        handler,
        exchanges: this.#exchanges,
        limits,
        sweepInterval: SWEEP_INTERVAL,
        maxHeadBytes: MAX_HEAD_BYTES,
        secure: this.#secure,
      });
    } catch (error) {
      this.#node = undefined;
      throw error;
    }
  }
}

function hostOf(address: ByteConnection["localAddr"]): string {
  return "hostname" in address ? address.hostname : "";
}

function isLoopbackAddress(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/.test(address);
}
