/**
 * Reading of configuration files.
 *
 * @module
 */

import { type Config, ConfigError, parseConfig, type ParseConfigOptions } from "../config.ts";
import { toOneLine } from "../model/describe.ts";
import { visitTomlKeys } from "../model/toml_keys.ts";

/** The maximum size of a file, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** The maximum size of a file that is read while the exporter serves, in bytes. Parsing it takes 30 to 40 ms. */
const MAX_LIVE_BYTES = 96 * 1024;

/**
 * The maximum sum of the squares of the numbers of keys in each table of such a file. The time to parse a table grows with the
 * square; this sum adds about 20 ms.
 */
const MAX_LIVE_KEYS_SQUARED = 400 ** 2;

/**
 * Reads a configuration file. Never prompts for a permission: a missing one is an error.
 *
 * @param path The path, or a `file:` URL. It is also the default for {@linkcode ParseConfigOptions.source}.
 * @throws {ConfigError} If the file cannot be read, is larger than 1 MiB, is not UTF-8, or its content is invalid.
 */
export function readConfig(path: string | URL, options: ParseConfigOptions = {}): Config {
  const source = options.source ?? sourceOf(path);
  let text: string;
  try {
    text = readText(pathOf(path));
  } catch (cause) {
    throw readError(source, cause);
  }
  return parseConfig(text, { ...options, source });
}

/**
 * Reads a configuration file again while the exporter serves. Waiting for the file does not hold the event loop, and neither does
 * parsing it for more than about 50 ms: pipes, devices and files that take longer are rejected.
 *
 * @param path As in {@linkcode readConfig}.
 * @throws {ConfigError} If the file cannot be read, is no regular file, is larger than 96 KiB, has too many keys in one table, is
 *   not UTF-8, or its content is invalid.
 */
export async function rereadConfig(
  path: string | URL,
  options: ParseConfigOptions = {},
): Promise<Config> {
  const source = options.source ?? sourceOf(path);
  let text: string;
  try {
    text = await rereadText(pathOf(path));
    checkKeys(text);
  } catch (cause) {
    throw readError(source, cause);
  }
  return parseConfig(text, { ...options, source });
}

function readError(source: string, cause: unknown): ConfigError {
  return new ConfigError(source, [{ path: "", message: describeReadError(cause) }], { cause });
}

function sourceOf(path: string | URL): string {
  return path instanceof URL && path.protocol === "file:" ? pathOf(path) : String(path);
}

/** The path of a file, without `node:url`, which takes long to load. */
export function pathOf(file: string | URL): string {
  if (typeof file === "string") return file;
  const { protocol, pathname } = file;
  if (protocol !== "file:") throw new TypeError("expected a URL that begins with file:");
  const path = decodeURIComponent(pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

function readText(path: string): string {
  assertReadable(path);
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = file.readSync(buffer.subarray(length));
    if (count === null) break;
    length += count;
  }
  if (length > MAX_BYTES) throw new RangeError("larger than 1 MiB");
  return decode(buffer.subarray(0, length));
}

async function rereadText(path: string): Promise<string> {
  assertReadable(path);
  assertRegular(await Deno.stat(path));
  using file = await Deno.open(path);
  const buffer = new Uint8Array(MAX_LIVE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = await file.read(buffer.subarray(length));
    if (count === null) break;
    length += count;
  }
  if (length > MAX_LIVE_BYTES) throw new RangeError(`larger than 96 KiB, ${NEEDS_RESTART}`);
  return decode(buffer.subarray(0, length));
}

const NEEDS_RESTART = "which takes effect with a restart only";

/** Throws if a document has tables with so many keys that parsing it would take too long. */
function checkKeys(text: string): void {
  let count = 0;
  let sum = 0;
  const endTable = () => {
    sum += count ** 2;
    count = 0;
  };
  visitTomlKeys(text, ({ isHeader }) => isHeader ? endTable() : count++);
  endTable();
  if (sum <= MAX_LIVE_KEYS_SQUARED) return;
  throw new RangeError(`more than 400 keys in one table or a few, ${NEEDS_RESTART}`);
}

function assertReadable(path: string): void {
  if (path === "") throw new TypeError("expected a file name");
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") {
    throw new Deno.errors.NotCapable(`not permitted, run with --allow-read=${path}`);
  }
}

function assertRegular({ isFile, isDirectory }: Deno.FileInfo): void {
  if (isFile || isDirectory) return; // a directory has an error of its own
  throw new TypeError("expected a regular file, because others can be read only once");
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TypeError("not valid UTF-8", { cause });
  }
}

function describeReadError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return toOneLine(error instanceof Error ? error.message : String(error));
}
