/**
 * Reading of the files that a web configuration names.
 *
 * @module
 */

import { toOneLine } from "../model/describe.ts";

/** The maximum size of a file, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** A file with everything that tells whether it has changed. */
export interface FileState {
  /** The path. */
  readonly path: string;
  /** The time of the last change, the size and the number of the file. */
  readonly version: string;
}

/** What was read from a file. */
export interface FileContent extends FileState {
  /** The text, without a byte order mark. */
  readonly text: string;
}

/**
 * Reads a text file. Never prompts for a permission: a missing one is an error.
 *
 * @throws {Error} If it cannot be read, is no regular file, is larger than 1 MiB or is not UTF-8. The message gives the reason and
 *   nothing of the content.
 */
export async function readTextFile(path: string): Promise<FileContent> {
  try {
    await assertPermitted(path);
    // Opening a pipe waits for a writer, so look first.
    assertRegular(await Deno.stat(path));
    using file = await Deno.open(path);
    const info = await file.stat();
    assertRegular(info);
    const bytes = await readAll(file);
    return { path, version: versionOf(info), text: decode(bytes) };
  } catch (cause) {
    throw new Error(describeReadError(cause), { cause });
  }
}

/** Returns the version of a file; an empty string if it cannot be found out. */
export async function fileVersion(path: string): Promise<string> {
  try {
    await assertPermitted(path);
    return versionOf(await Deno.stat(path));
  } catch {
    return "";
  }
}

/**
 * Checks that a file may be read, without prompting.
 *
 * @throws {Deno.errors.NotCapable} If it may not.
 */
export async function assertPermitted(path: string | URL): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(
    `not permitted, run with --allow-read=${path instanceof URL ? path.pathname : path}`,
  );
}

function assertRegular({ isFile, isDirectory }: Deno.FileInfo): void {
  if (isDirectory) throw new TypeError("is a directory");
  if (!isFile) throw new TypeError("expected a regular file");
}

async function readAll(file: Deno.FsFile): Promise<Uint8Array> {
  const buffer = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = await file.read(buffer.subarray(length));
    if (count === null) break;
    length += count;
  }
  if (length > MAX_BYTES) throw new RangeError("larger than 1 MiB");
  return buffer.subarray(0, length);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new TypeError("not valid UTF-8");
  }
}

function versionOf({ mtime, ctime, size, ino, dev }: Deno.FileInfo): string {
  return [mtime?.getTime(), ctime?.getTime(), size, ino, dev].join(" ");
}

function describeReadError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return toOneLine(error instanceof Error ? error.message : String(error));
}
