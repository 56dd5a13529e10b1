/**
 * What the server knows about the client of a request.
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

const UNKNOWN: Client = { address: "", isLoopback: false };

const clients = new WeakMap<Request, Client>();

/** Records the client of a request. */
export function setClient(request: Request, client: Client): void {
  clients.set(request, client);
}

/** Returns the client of a request. */
export function clientOf(request: Request): Client {
  return clients.get(request) ?? UNKNOWN;
}
