/**
 * Requests that are simple beyond doubt: `GET` or `HEAD` without a body, in the strictest form of HTTP/1.1. Whatever this module
 * reads, Node's parser reads in the same way, which a test proves; and whatever it does not read is left to that.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5}
 *
 * @module
 */

import { type Client, createWebRequest, type HttpRequest } from "./request.ts";

/** The maximum number of headers. */
const MAX_HEADERS = 100;

/** A path that a URL has as it is, so without escapes and segments of dots; and a query of which that is true as well. */
const REQUEST_LINE =
  /^(GET|HEAD) ((?:\/(?:[-\w~!$&'()*+,;=:@][-\w.~!$&'()*+,;=:@]*)?)+)(?:\?([!$-&(-;=?-~]+))? HTTP\/1\.1$/;

/** A name and a value without surrounding spaces. That there are visible characters and spaces only, is known before. */
const FIELD = /^([!#$%&'*+.^`|~\w-]+):(?: *([^ ](?:.*[^ ])?))?$/;

/** A host name or an address, with or without a port. */
const HOST = /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d+)?$/i;

/** Headers that change what follows the head, or what the client expects. */
const SPECIAL: ReadonlySet<string> = new Set([
  "content-length",
  "expect",
  "http2-settings",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The head of a simple request. */
export interface SimpleHead {
  /** The number of bytes. */
  readonly length: number;
  /** The method. */
  readonly method: "GET" | "HEAD";
  /** The path. */
  readonly pathname: string;
  /** The query with its question mark; empty if there is none. */
  readonly search: string;
  /** The headers, by their names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** Whether the connection stays open after the response. */
  readonly keepsAlive: boolean;
}

/**
 * Reads the head of a request at the beginning of some bytes.
 *
 * @returns The head; `incomplete` if it may become one of a simple request when more bytes follow; undefined if it cannot.
 */
export function readSimpleHead(bytes: Uint8Array): SimpleHead | "incomplete" | undefined {
  const length = findEnd(bytes);
  if (typeof length !== "number") return length;
  // Without the two line ends that conclude it.
  const text = String.fromCharCode.apply(null, bytes.subarray(0, length - 4) as never);
  const [requestLine, ...lines] = text.split("\r\n");
  const request = REQUEST_LINE.exec(requestLine!);
  if (request === null || lines.length > MAX_HEADERS) return undefined;
  const [, method, pathname, query] = request;
  const fields = readFields(lines);
  if (fields === undefined || !isValidHost(fields.get("host"))) return undefined;
  const connection = fields.get("connection")?.toLowerCase() ?? "keep-alive";
  if (connection !== "keep-alive" && connection !== "close") return undefined;
  return {
    length,
    method: method as "GET" | "HEAD",
    pathname: pathname!,
    search: query === undefined ? "" : `?${query}`,
    fields,
    keepsAlive: connection === "keep-alive",
  };
}

/** Returns the number of bytes to the end of the first empty line, before which there are visible characters, spaces and line ends only. */
function findEnd(bytes: Uint8Array): number | "incomplete" | undefined {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x20 && byte < 0x7f) continue;
    if (byte !== CR) return undefined;
    if (i + 1 === bytes.length) return "incomplete";
    if (bytes[++i] !== LF) return undefined;
    if (bytes[i + 1] === CR && bytes[i + 2] === LF) return i + 3;
  }
  return "incomplete";
}

const CR = 0x0d;
const LF = 0x0a;

/** Returns the fields by name; undefined if one is invalid, special, or there twice. */
function readFields(lines: readonly string[]): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const field = FIELD.exec(line);
    if (field === null) return undefined;
    const name = field[1]!.toLowerCase();
    if (SPECIAL.has(name) || fields.has(name)) return undefined;
    fields.set(name, field[2] ?? "");
  }
  return fields;
}

/** The host that was found to be valid last. A client names the same one in all of its requests. */
let validHost: string | undefined;

function isValidHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  if (host === validHost) return true;
  if (!HOST.test(host) || !URL.canParse(`http://${host}/`)) return false;
  validHost = host;
  return true;
}

/** A simple request. */
export class SimpleRequest implements HttpRequest {
  readonly client: Client;
  readonly #head: SimpleHead;
  #web: Request | undefined;

  /** Creates a request from its head. */
  constructor(head: SimpleHead, client: Client) {
    this.#head = head;
    this.client = client;
  }

  get method(): string {
    return this.#head.method;
  }

  get url(): string {
    const { fields, pathname, search } = this.#head;
    return `http://${fields.get("host")}${pathname}${search}`;
  }

  get pathname(): string {
    return this.#head.pathname;
  }

  get search(): string {
    return this.#head.search;
  }

  get headers(): Pick<Headers, "get"> {
    const { fields } = this.#head;
    return { get: (name) => fields.get(name) ?? null };
  }

  toWeb(): Request {
    return this.#web ??= createWebRequest(this, [...this.#head.fields]);
  }
}
