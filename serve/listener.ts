/**
 * A listener that goes on accepting connections, whatever happens to single ones.
 *
 * @module
 */

import { yieldToEventLoop } from "../model/event_loop.ts";
import {
  type DescriptorAddress,
  formatAddress,
  type ListenAddress,
} from "../model/listen_address.ts";
import type { ByteConnection } from "./connection_stream.ts";

/** An address that Deno can listen on. */
type OwnAddress = Exclude<ListenAddress, DescriptorAddress>;

/** Where and how to listen. */
export interface ListenerInit {
  /** The address. */
  readonly address: OwnAddress;
  /** The permission bits of the file of a Unix socket, such as `0o660`. By default, they follow from the umask. */
  readonly socketMode?: number | undefined;
}

/** Options of {@linkcode Listener.accept}. */
export interface AcceptOptions {
  /** Takes over a connection. It must not throw. */
  readonly onConnection: (connection: ByteConnection) => void;
  /** Called with the reason when no connection can be accepted. It must not throw. */
  readonly onFailure: (reason: string) => void;
}

/** Milliseconds before accepting again after a failure, to avoid a busy loop while resources are exhausted. */
const RETRY_DELAY = 100;

/** How many connections are accepted in one turn of the event loop. Descriptors of closed connections become free in the next one. */
const ACCEPTED_PER_TURN = 16;

/** Listens on one address. */
export class Listener {
  readonly #listener: Deno.Listener<Deno.Conn>;
  readonly #address: OwnAddress;
  #accepting: Promise<void> | undefined;
  #isClosed = false;

  private constructor(listener: Deno.Listener<Deno.Conn>, address: OwnAddress) {
    this.#listener = listener;
    this.#address = address;
  }

  /**
   * Starts to listen. The system queues connections until {@linkcode Listener.accept} is called. The file of a Unix socket that a
   * process has left behind is replaced, unless a process still listens on it.
   *
   * @throws {Error} If that fails. The message gives the reason in one line, and `cause` is the error of Deno.
   */
  static async open({ address, socketMode }: ListenerInit): Promise<Listener> {
    assertPermitted(address);
    try {
      if ("hostname" in address) return new Listener(Deno.listen({ ...address }), address);
      const { path } = address;
      if (await isStale(path)) Deno.removeSync(path);
      const listener = Deno.listen({ transport: "unix", path });
      if (socketMode !== undefined) Deno.chmodSync(path, socketMode);
      return new Listener(listener, address);
    } catch (cause) {
      throw new Error(`Cannot listen on ${formatAddress(address)}: ${reasonOf(cause)}`, { cause });
    }
  }

  /** The address, with the actual port. */
  get address(): ListenAddress {
    const { addr } = this.#listener;
    const isTcp = "hostname" in this.#address && addr.transport === "tcp";
    return isTcp ? { ...this.#address, port: addr.port } : this.#address;
  }

  /** Begins to accept connections, until the listener is closed. */
  accept(options: AcceptOptions): void {
    this.#accepting = this.#acceptAll(options);
  }

  /** Stops listening. Deno then removes the file of a Unix socket. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    await this.#accepting;
  }

  async #acceptAll({ onConnection, onFailure }: AcceptOptions): Promise<void> {
    let accepted = 0;
    while (!this.#isClosed) {
      try {
        const connection = await this.#listener.accept();
        sendAtOnce(connection);
        onConnection(connection);
        if (++accepted % ACCEPTED_PER_TURN === 0) await yieldToEventLoop();
      } catch (error) {
        if (this.#isClosed) return;
        // Not the error: when file descriptors have run out, Deno 2.9 panics while it maps a stack to source code.
        onFailure(String(error));
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
      }
    }
  }
}

/**
 * Makes a TCP connection send whatever is written at once (TCP_NODELAY). Otherwise the end of a response waits for the client to
 * acknowledge what came before, which takes up to 40 ms.
 */
function sendAtOnce(connection: Deno.Conn): void {
  try {
    if ("setNoDelay" in connection) (connection as Deno.TcpConn).setNoDelay();
  } catch {
    // The client is gone already, which shows when the connection is read.
  }
}

/** Returns whether a path is that of a Unix socket on which nobody listens any more. */
async function isStale(path: string): Promise<boolean> {
  try {
    if (!Deno.lstatSync(path).isSocket) return false;
    (await Deno.connect({ transport: "unix", path })).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionRefused;
  }
}

/** Throws if permission is missing, instead of letting Deno prompt for it on the terminal. */
function assertPermitted(address: OwnAddress): void {
  const host = formatAddress(address);
  assertGranted({ name: "net", host }, host, `--allow-net=${host}`);
  if ("hostname" in address) return;
  const { path } = address;
  assertGranted({ name: "read", path }, host, `--allow-read=${path}`);
  assertGranted({ name: "write", path }, host, `--allow-write=${path}`);
}

function assertGranted(permission: Deno.PermissionDescriptor, host: string, flag: string): void {
  if (Deno.permissions.querySync(permission).state === "granted") return;
  throw new Error(`Cannot listen on ${host}: not permitted, run with ${flag}`);
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) return "address already in use";
  if (error instanceof Deno.errors.AddrNotAvailable) return "not an address of this machine";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied by the system";
  if (error instanceof Deno.errors.NotFound) return "no such directory";
  return error instanceof Error ? error.message : String(error);
}
