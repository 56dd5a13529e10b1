/**
 * The command `permissions`, which prints what an exporter needs.
 *
 * @module
 */

import { mergePermissions } from "../collect/permissions.ts";
import type { PermissionSet } from "../collector.ts";

/** What an exporter uses. */
export interface Uses {
  /** The addresses that it listens on. */
  readonly listen: readonly { readonly hostname: string; readonly port: number }[];
  /** The paths of the files that it reads: its configuration, and what that names. */
  readonly files: readonly string[];
  /** What each of its collectors declares. */
  readonly collectors: readonly PermissionSet[];
}

/** Returns the permissions for everything that an exporter uses. Metrics of the process and logs need none. */
export function neededPermissions({ listen, files, collectors }: Uses): PermissionSet {
  const net = listen.map(({ hostname, port }) =>
    `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`
  );
  return mergePermissions([
    ...(net.length > 0 ? [{ net }] : []),
    ...(files.length > 0 ? [{ read: files }] : []),
    ...collectors,
  ]);
}

/** Joins words to a line that a shell splits into the same words. */
export function shellWords(words: readonly string[]): string {
  return words
    .map((word) => /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
}
