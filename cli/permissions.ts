/**
 * The command `permissions`, which prints what an exporter needs.
 *
 * @module
 */

import { mergePermissions } from "../collect/permissions.ts";
import type { PermissionSet } from "../collector.ts";
import { formatAddress, type ListenAddress } from "../model/listen_address.ts";

/** What an exporter uses. */
export interface Uses {
  /** The addresses that it listens on. */
  readonly listen: readonly ListenAddress[];
  /** The paths of the files that it reads: its configuration, and what that names. */
  readonly files: readonly string[];
  /** What each of its collectors declares. */
  readonly collectors: readonly PermissionSet[];
}

/** Returns the permissions for everything that an exporter uses. Metrics of the process and logs need none. */
export function neededPermissions({ listen, files, collectors }: Uses): PermissionSet {
  const net = listen.filter((address) => !("descriptor" in address)).map(formatAddress);
  const sockets = listen.flatMap((address) => "path" in address ? [address.path] : []);
  return mergePermissions([
    ...(net.length > 0 ? [{ net }] : []),
    ...(files.length > 0 ? [{ read: files }] : []),
    ...(sockets.length > 0 ? [{ read: sockets, write: sockets }] : []),
    ...collectors,
  ]);
}

/** Joins words to a line that a shell splits into the same words. */
export function shellWords(words: readonly string[]): string {
  return words
    .map((word) => /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
}
