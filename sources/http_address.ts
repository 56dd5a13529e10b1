/**
 * The addresses of sources over HTTP.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import type { PermissionSet } from "../collector.ts";

/** Describes what {@linkcode parseHttpAddress} accepts. */
export const HTTP_ADDRESS =
  'a URL such as "http://127.0.0.1:9100/metrics" without a password, or "unix:/run/a.sock:/metrics"';

/** Where to send a request. */
export interface HttpAddress {
  /** The URL. For a Unix socket, its host is `localhost`. */
  readonly url: URL;
  /** The path of a Unix socket. */
  readonly socketPath?: string;
  /** The address for people, without the query string, which may have secrets. */
  readonly text: string;
  /** The permissions to connect. */
  readonly permissions: PermissionSet;
}

/** Returns whether a text looks like an address, and not like the path of a file. */
export function isHttpAddress(text: string): boolean {
  return /^(?:https?:\/\/|unix:)/i.test(text);
}

/**
 * Parses an `http:` or `https:` URL, or `unix:` with the path of a socket and a colon before the path of the request. Undefined if
 * it is neither, or contains a user name.
 *
 * @param folder The folder that relative paths of sockets start from.
 */
export function parseHttpAddress(text: string, folder: string): HttpAddress | undefined {
  if (/^unix:/i.test(text)) return parseSocketAddress(text.slice("unix:".length), folder);
  if (!isHttpAddress(text)) return undefined;
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return { url, text: withoutQuery(url), permissions: { net: [`${url.hostname}:${port}`] } };
}

function parseSocketAddress(text: string, folder: string): HttpAddress | undefined {
  const [, path = "", target = "/"] = /^([^:]+)(?::(\/.*))?$/.exec(text) ?? [];
  if (path === "") return undefined;
  const url = URL.parse(target, "http://localhost");
  if (url === null || url.host !== "localhost") return undefined;
  const socketPath = isAbsolute(path) ? path : join(folder, path);
  return {
    url,
    socketPath,
    text: `unix:${socketPath}:${url.pathname}`,
    permissions: { net: [`unix:${socketPath}`], read: [socketPath], write: [socketPath] },
  };
}

/** Returns a URL for people, without its query string. */
export function withoutQuery({ origin, pathname }: URL): string {
  return origin + pathname;
}
