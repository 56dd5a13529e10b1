/**
 * Reading of the files of sources.
 *
 * @module
 */

import { toOneLine } from "../model/describe.ts";
import { BoundedBytes } from "./bounded_bytes.ts";

/** The content of a file. */
export interface FileBytes {
  /** The content. */
  readonly bytes: Uint8Array;
  /** When it was last modified, in seconds since the epoch. */
  readonly modified: number;
}

const CHUNK = 64 * 1024;

/**
 * Reads a file. If another one is put in its place meanwhile, this one is read to its end.
 *
 * @throws {Error} If it cannot be read, is no regular file, or is larger than `maxBytes`.
 */
export async function readFileBytes(path: string, maxBytes: number): Promise<FileBytes> {
  try {
    // Opening a pipe waits for a writer, so look first.
    assertRegular(await Deno.stat(path));
    using file = await Deno.open(path);
    const { mtime, ...info } = await file.stat();
    assertRegular(info);
    const bytes = new BoundedBytes(maxBytes);
    for (;;) {
      const buffer = new Uint8Array(CHUNK);
      const count = await file.read(buffer);
      if (count === null) break;
      if (!bytes.add(buffer.subarray(0, count))) {
        throw new RangeError(`more than ${maxBytes} bytes`);
      }
    }
    return { bytes: bytes.bytes(), modified: (mtime?.getTime() ?? 0) / 1000 };
  } catch (cause) {
    throw new Error(`Cannot read "${path}": ${describeReadError(cause)}`, { cause });
  }
}

function assertRegular({ isFile, isDirectory }: Pick<Deno.FileInfo, "isFile" | "isDirectory">) {
  if (isDirectory) throw new TypeError("is a directory");
  if (!isFile) throw new TypeError("expected a regular file");
}

/** Describes why a file or a folder cannot be read. */
export function describeReadError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return toOneLine(error instanceof Error ? error.message : String(error));
}
