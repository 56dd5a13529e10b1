/**
 * Where commands read expositions from: files, URLs and standard input.
 *
 * @module
 */

import { formatOf } from "../encode/format.ts";
import { detectFormat, type ParseOptions } from "../parse.ts";

/** The text of an exposition. */
export interface Source {
  /** The text. */
  readonly text: string;
  /** Its format. */
  readonly format: NonNullable<ParseOptions["format"]>;
}

/** Options of {@linkcode readSource}. */
export interface ReadOptions {
  /** Aborts the reading. */
  readonly signal?: AbortSignal;
  /** Called with the number of bytes that were read so far. */
  readonly onProgress?: (bytes: number) => void;
}

const ACCEPT = "application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4; q=0.5";

/**
 * Reads an exposition.
 *
 * @param target A file, an `http:` or `https:` URL, which may contain a user name and a password, or `-` for standard input.
 * @throws {Error} If it cannot be read. The message has no password.
 */
export async function readSource(target: string, options: ReadOptions = {}): Promise<Source> {
  try {
    if (isUrl(target)) return await readUrl(target, options);
    const file = target === "-" ? Deno.stdin : await Deno.open(target);
    const text = await textOf(file.readable, options);
    return { text, format: detectFormat(text) };
  } catch (cause) {
    const reason = describeFailure(cause as Error);
    throw new Error(`Cannot read ${JSON.stringify(shownTarget(target))}: ${reason}`, { cause });
  }
}

/** Returns whether a target is a URL. */
export function isUrl(target: string): boolean {
  return /^https?:\/\//.test(target);
}

/** Returns a target as it may be shown: without a password. */
export function shownTarget(target: string): string {
  return isUrl(target) ? target.replace(/^(https?:\/\/)[^/?#]*@/, "$1") : target;
}

async function readUrl(target: string, options: ReadOptions): Promise<Source> {
  const { signal = null } = options;
  const response = await fetch(shownTarget(target), { headers: headersFor(target), signal });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  const text = response.body === null ? "" : await textOf(response.body, options);
  const contentType = response.headers.get("content-type") ?? "";
  return { text, format: formatOf(contentType) === "openmetrics" ? "openmetrics" : "text" };
}

function headersFor(target: string): Headers {
  const headers = new Headers({ accept: ACCEPT });
  const { username, password } = new URL(target);
  if (username !== "" || password !== "") {
    const credentials = new TextEncoder().encode(
      `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
    );
    headers.set("authorization", `Basic ${credentials.toBase64()}`);
  }
  return headers;
}

async function textOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { onProgress }: ReadOptions,
): Promise<string> {
  if (onProgress === undefined) return await new Response(stream).text();
  let bytes = 0;
  const counted = stream.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        onProgress(bytes += chunk.byteLength);
        controller.enqueue(chunk);
      },
    }),
  );
  return await new Response(counted).text();
}

/** Describes why something cannot be read, without its name, which Deno adds. Errors of `fetch()` have the reason in their cause. */
function describeFailure({ message, cause }: Error): string {
  const reason = cause instanceof Error ? cause.message : message;
  return reason
    .replace(/^error sending request for url \(\S*\): /, "")
    .replace(/: (?:open|readfile) '.*'$/s, "");
}
