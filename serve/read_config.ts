/**
 * Reading of configuration files.
 *
 * @module
 */

import { type Config, ConfigError, parseConfig, type ParseConfigOptions } from "../config.ts";
import { toOneLine } from "../model/describe.ts";

/** The maximum size of a file, in bytes. The time to parse TOML grows faster than linearly. */
const MAX_BYTES = 1024 * 1024;

/** Options of {@linkcode readConfig}. */
export interface ReadConfigOptions extends ParseConfigOptions {
  /**
   * Whether to reject pipes and devices. Reading them can block the event loop, and a pipe gives its content only once.
   *
   * @default {false}
   */
  regularOnly?: boolean;
}

/**
 * Reads a configuration file. Never prompts for a permission: a missing one is an error.
 *
 * @param path The path, or a `file:` URL. It is also the default for {@linkcode ParseConfigOptions.source}.
 * @throws {ConfigError} If the file cannot be read, is larger than 1 MiB, is not UTF-8, or its content is invalid.
 */
export function readConfig(path: string | URL, options: ReadConfigOptions = {}): Config {
  const { regularOnly = false, ...parseOptions } = options;
  const isFileUrl = path instanceof URL && path.protocol === "file:";
  const source = options.source ?? (isFileUrl ? pathOf(path) : String(path));
  let text: string;
  try {
    text = readText(path instanceof URL ? pathOf(path) : path, regularOnly);
  } catch (cause) {
    throw new ConfigError(source, [{ path: "", message: describeReadError(cause) }], { cause });
  }
  return parseConfig(text, { ...parseOptions, source });
}

/** The path of a `file:` URL, without `node:url`, which takes long to load. */
export function pathOf({ protocol, pathname }: URL): string {
  if (protocol !== "file:") throw new TypeError("expected a URL that begins with file:");
  const path = decodeURIComponent(pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

function readText(path: string, regularOnly: boolean): string {
  if (path === "") throw new TypeError("expected a file name");
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") {
    throw new Deno.errors.NotCapable(`not permitted, run with --allow-read=${path}`);
  }
  if (regularOnly && isSpecial(Deno.statSync(path))) {
    throw new TypeError("expected a regular file, because others can be read only once");
  }
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = file.readSync(buffer.subarray(length));
    if (count === null) break;
    length += count;
  }
  if (length > MAX_BYTES) throw new RangeError("larger than 1 MiB");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, length));
  } catch (cause) {
    throw new TypeError("not valid UTF-8", { cause });
  }
}

/** Returns whether a path is that of a pipe, a socket or a device. */
function isSpecial({ isFile, isDirectory }: Deno.FileInfo): boolean {
  return !isFile && !isDirectory;
}

function describeReadError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return toOneLine(error instanceof Error ? error.message : String(error));
}
