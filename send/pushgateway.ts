/**
 * Requests to a Pushgateway.
 *
 * @see {@link https://github.com/prometheus/pushgateway#api}
 *
 * @module
 */

import { groupPath } from "./grouping.ts";
import { PushError } from "./push_error.ts";
import type { ResolvedPush } from "./push_options.ts";

/** What a request does with a group: replace it, replace the metrics of the same names, or delete it. */
export type PushMethod = "PUT" | "POST" | "DELETE";

/** The body of a request. */
export interface PushBody {
  /** Its media type with parameters. */
  readonly contentType: string;
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Milliseconds before the second attempt, and the most before any attempt. */
const FIRST_PAUSE = 500;
const MAX_PAUSE = 30_000;

/** How much of an answer an error message quotes, in characters. */
const MAX_QUOTE = 1000;

/** Why an attempt failed. */
interface Failure {
  readonly reason: string;
  readonly status?: number;
  readonly cause?: unknown;
  readonly isFinal: boolean;
  /** Milliseconds after which the gateway wants to be asked again. */
  readonly retryAfter?: number;
}

/**
 * Sends a request, several times if need be.
 *
 * @throws {PushError} If that fails.
 * @throws The reason of the signal, if it is aborted.
 */
export async function request(
  method: PushMethod,
  push: ResolvedPush,
  body?: PushBody,
): Promise<void> {
  const url = new URL(push.url);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/metrics/${
    groupPath(push.job, push.grouping)
  }`;
  const headers = new Headers(push.headers);
  if (body !== undefined) headers.set("content-type", body.contentType);
  const init: RequestInit = {
    method,
    headers,
    redirect: "error",
    ...(body && { body: body.bytes }),
  };
  for (let attempt = 0;; attempt++) {
    const failure = await tryOnce(url, init, push);
    push.signal?.throwIfAborted();
    if (failure === undefined) return;
    if (failure.isFinal || attempt === push.retries) throw errorOf(url, failure, attempt + 1);
    await pause(failure.retryAfter ?? FIRST_PAUSE * 2 ** attempt, push.signal);
  }
}

async function tryOnce(
  url: URL,
  init: RequestInit,
  { timeout, signal }: ResolvedPush,
): Promise<Failure | undefined> {
  const limit = AbortSignal.timeout(timeout * 1000);
  try {
    const response = await fetch(url, {
      ...init,
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    const text = await response.text();
    if (response.ok) return undefined;
    const { status, headers } = response;
    const retryAfter = retryAfterOf(headers.get("retry-after"));
    return {
      reason: `status ${status}: ${text.trim().slice(0, MAX_QUOTE) || "no explanation"}`,
      status,
      isFinal: status !== 429 && status < 500,
      ...(retryAfter !== undefined && { retryAfter }),
    };
  } catch (cause) {
    const reason = limit.aborted ? `no answer within ${timeout} s` : (cause as Error).message;
    return { reason, cause, isFinal: false };
  }
}

/** Returns the milliseconds of `Retry-After` (RFC 9110, section 10.2.3), if it has a number of seconds. */
function retryAfterOf(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) * 1000 : undefined;
}

function errorOf({ origin }: URL, failure: Failure, attempts: number): PushError {
  const { reason, status, cause } = failure;
  const times = attempts === 1 ? "" : `, after ${attempts} attempts`;
  return new PushError(`Cannot push to ${origin}: ${reason}${times}`, status, { cause });
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, Math.min(milliseconds, MAX_PAUSE));
    signal?.addEventListener("abort", end, { once: true });
  });
}
