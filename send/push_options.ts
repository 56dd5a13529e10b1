/**
 * The options of pushes.
 *
 * @module
 */

import { Labels, type LabelsInit } from "../labels.ts";
import { describe } from "../model/describe.ts";
import { checkNames, checkOption } from "../model/options.ts";

/** Options of `push()`, `pushAdd()` and `deleteGroup()`. */
export interface PushOptions {
  /** The URL of the Pushgateway, such as `http://pushgateway:9091`. */
  readonly url: string | URL;
  /** The job: the first label of the grouping key. */
  readonly job: string;
  /**
   * The other labels of the grouping key, such as `{ instance: "a" }`. They tell the groups of a job apart.
   *
   * @default {{}}
   */
  readonly grouping?: LabelsInit;
  /** The user name and the password, for basic authentication. */
  readonly basicAuth?: { readonly username: string; readonly password: string };
  /** The token, for bearer authentication. */
  readonly bearerToken?: string;
  /** Other headers. */
  readonly headers?: HeadersInit;
  /**
   * The maximum duration of an attempt, in seconds.
   *
   * @default {10}
   */
  readonly timeout?: number;
  /**
   * How often to try again if the Pushgateway cannot be reached, or answers with status 429 or one from 500 on. The pauses between
   * attempts begin at half a second and double, unless `Retry-After` asks for others; none is longer than 30 s.
   *
   * @default {3}
   */
  readonly retries?: number;
  /** Ends the push. */
  readonly signal?: AbortSignal;
}

const NAMES: readonly (keyof PushOptions)[] = [
  ...["url", "job", "grouping", "basicAuth", "bearerToken"] as const,
  ...["headers", "timeout", "retries", "signal"] as const,
];

const DEFAULT_TIMEOUT = 10;
const DEFAULT_RETRIES = 3;

/** The options of a push, with defaults. */
export interface ResolvedPush {
  /** The URL of the Pushgateway. */
  readonly url: URL;
  /** The job. */
  readonly job: string;
  /** The other labels of the grouping key. */
  readonly grouping: ReadonlyMap<string, string>;
  /** The headers of requests. */
  readonly headers: Headers;
  /** The maximum duration of an attempt, in seconds. */
  readonly timeout: number;
  /** How often to try again. */
  readonly retries: number;
  /** Ends the push. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks options.
 *
 * @param action The beginning of error messages.
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export function resolvePush(action: string, options: PushOptions): ResolvedPush {
  checkNames(action, options, NAMES);
  const { job, timeout = DEFAULT_TIMEOUT, retries = DEFAULT_RETRIES, signal } = options;
  checkOption(action, ["job", job], "string", "a text that is not empty", (job) => job !== "");
  if (job === undefined) throw new TypeError(`${action}: expected a string as job, got undefined`);
  checkOption(action, ["timeout", timeout], "number", "seconds above 0", (time) => time > 0);
  checkOption(
    action,
    ["retries", retries],
    "number",
    "an integer of 0 or more",
    (count) => Number.isInteger(count) && count >= 0,
  );
  const grouping = groupingOf(options.grouping ?? {});
  if (grouping.has("job")) {
    throw new RangeError(
      `${action}: expected no label "job" in grouping, which the option job sets`,
    );
  }
  return {
    url: urlOf(action, options.url),
    job,
    grouping,
    headers: headersOf(action, options),
    timeout,
    retries,
    signal,
  };
}

/** Unlike labels of series, those of a grouping key can be empty. */
function groupingOf(init: LabelsInit): ReadonlyMap<string, string> {
  const entries = Symbol.iterator in init ? [...init] : Object.entries(init);
  const filled = new Labels(entries.filter(([, value]) => value !== ""));
  return new Map(entries.map(([name, value]) => [name, filled.get(name) ?? value]));
}

/**
 * Parses the URL of a receiver.
 *
 * @throws {RangeError} If it is not an `http:` or `https:` URL.
 */
export function urlOf(action: string, url: string | URL): URL {
  const parsed = URL.parse(url);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new RangeError(`${action}: expected an http: or https: URL, got ${describe(url)}`);
}

/**
 * Returns the headers of requests, with credentials.
 *
 * @throws {TypeError} If credentials have the wrong type.
 * @throws {RangeError} If there are credentials of two kinds.
 */
export function headersOf(
  action: string,
  { basicAuth, bearerToken, headers: given }: Pick<
    PushOptions,
    "basicAuth" | "bearerToken" | "headers"
  >,
): Headers {
  if (basicAuth !== undefined && bearerToken !== undefined) {
    throw new RangeError(`${action}: expected basicAuth or bearerToken, got both`);
  }
  const headers = new Headers(given);
  if (basicAuth !== undefined) {
    const { username, password } = basicAuth;
    if (typeof username !== "string" || typeof password !== "string") {
      throw new TypeError(`${action}: expected strings as username and password in basicAuth`);
    }
    const credentials = new TextEncoder().encode(`${username}:${password}`);
    headers.set("authorization", `Basic ${credentials.toBase64()}`);
  }
  if (bearerToken !== undefined) headers.set("authorization", `Bearer ${bearerToken}`);
  return headers;
}
