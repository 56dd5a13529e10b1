/**
 * Remote-Write: for programs that Prometheus cannot scrape.
 *
 * ```ts
 * import { Registry } from "@exporter/prometheus";
 * import { remoteWrite } from "@exporter/prometheus/remote_write";
 *
 * const receiver = Deno.serve({ port: 0, onListen() {} }, () => new Response(null, { status: 204 }));
 * const url = `http://127.0.0.1:${receiver.addr.port}/api/v1/write`; // that of Prometheus
 * {
 *   await using writer = remoteWrite(new Registry(), { url });
 *   await writer.flush();
 * }
 * await receiver.shutdown();
 * ```
 *
 * @see {@link https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/}
 *
 * @module
 */

import type { Registry } from "./registry.ts";
import { RemoteWriter } from "./send/remote_writer.ts";
import { type RemoteWriteOptions, resolveRemoteWrite } from "./send/remote_write_options.ts";

export type { RemoteWriteOptions } from "./send/remote_write_options.ts";

/** What {@linkcode remoteWrite} returns: it ends when it is disposed of. */
export interface RemoteWrite extends AsyncDisposable {
  /** Gathers now. Resolves when everything that is queued has been accepted, refused or dropped. */
  flush(): Promise<void>;
}

/**
 * Sends the samples of a registry to a receiver at intervals: with Remote-Write 2.0, or 1.0 if the receiver does not understand that.
 *
 * Requests that fail are tried again, in order, until the receiver accepts or refuses them, or the queue is full. The metrics about
 * this (`remote_write_…`) are in the same registry. Disposing sends a last time.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value, or the registry already writes to this receiver.
 */
export function remoteWrite(registry: Registry, options: RemoteWriteOptions): RemoteWrite {
  return new RemoteWriter(registry, resolveRemoteWrite(options));
}
