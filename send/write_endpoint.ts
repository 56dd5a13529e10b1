/**
 * Requests to a receiver of Remote-Write.
 *
 * @see {@link https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/}
 *
 * @module
 */

import { compress } from "snappyjs";
import { VERSION } from "../version.ts";
import type { ResolvedRemoteWrite } from "./remote_write_options.ts";
import { encodeRequest, type WriteVersion } from "./write_request.ts";
import type { WriteSeries } from "./write_series.ts";

/** What became of a request. */
export type WriteOutcome =
  | { readonly kind: "sent" }
  /** The receiver refused it for good. */
  | { readonly kind: "refused"; readonly reason: string }
  /** To be tried again, in so many milliseconds if the receiver says when. */
  | { readonly kind: "failed"; readonly reason: string; readonly retryAfter?: number };

const HEADERS: Readonly<Record<WriteVersion, Readonly<Record<string, string>>>> = {
  1: {
    "content-type": "application/x-protobuf",
    "x-prometheus-remote-write-version": "0.1.0",
  },
  2: {
    "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
    "x-prometheus-remote-write-version": "2.0.0",
  },
};

/** How much of an answer an error message quotes, in characters. */
const MAX_QUOTE = 1000;

/** A receiver, with the version of the protocol that it understands. */
export class WriteEndpoint {
  readonly #options: ResolvedRemoteWrite;
  #version: WriteVersion = 2;

  /** Creates an endpoint. The first requests are of version 2.0. */
  constructor(options: ResolvedRemoteWrite) {
    this.#options = options;
  }

  /** Sends one request, and a second one if the receiver turns out to understand version 1.0 only. */
  async send(series: readonly WriteSeries[], signal: AbortSignal): Promise<WriteOutcome> {
    const { url, timeout } = this.#options;
    const limit = AbortSignal.timeout(timeout * 1000);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: this.#headers(),
        body: new Uint8Array(compress(encodeRequest(series, this.#version))),
        redirect: "error",
        signal: AbortSignal.any([signal, limit]),
      });
      const text = await response.text();
      if (this.#version === 2 && isOld(response)) {
        this.#version = 1;
        return await this.send(series, signal);
      }
      return outcomeOf(response, text);
    } catch (cause) {
      const reason = limit.aborted ? `no answer within ${timeout} s` : (cause as Error).message;
      return { kind: "failed", reason };
    }
  }

  #headers(): Headers {
    const headers = new Headers(this.#options.headers);
    const own = { "content-encoding": "snappy", "user-agent": `exporter-prometheus/${VERSION}` };
    for (const [name, value] of Object.entries({ ...own, ...HEADERS[this.#version] })) {
      headers.set(name, value);
    }
    return headers;
  }
}

/** Receivers of 1.0 that do not look at the media type accept a request of 2.0, but read nothing in it, and do not say what was written. */
function isOld({ status, ok, headers }: Response): boolean {
  return status === 415 || ok && !headers.has("x-prometheus-remote-write-samples-written");
}

function outcomeOf({ ok, status, headers }: Response, text: string): WriteOutcome {
  if (ok) return { kind: "sent" };
  const reason = `status ${status}: ${text.trim().slice(0, MAX_QUOTE) || "no explanation"}`;
  if (status < 500 && status !== 429) return { kind: "refused", reason };
  const retryAfter = retryAfterOf(headers.get("retry-after"));
  return { kind: "failed", reason, ...(retryAfter !== undefined && { retryAfter }) };
}

/** Returns the milliseconds of `Retry-After` (RFC 9110, section 10.2.3), a number of seconds or a date. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const time = Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.max(time - Date.now(), 0);
}
