/**
 * What a configured collector reads.
 *
 * @module
 */

import type { CollectContext, PermissionSet } from "../collector.ts";
import type { Family } from "../model/family.ts";

/** The kinds of sources, by the keys of the configuration file that name them. */
export const SOURCE_KINDS = ["command", "url", "file", "json"] as const;

/** The kind of a source. */
export type SourceKind = typeof SOURCE_KINDS[number];

/** The run that a source is read for. */
export type SourceContext = Pick<CollectContext, "signal" | "deadline" | "logger">;

/** A source of metrics, checked and ready to be read any number of times. */
export interface Source {
  /** The kind. */
  readonly kind: SourceKind;
  /** What it reads, for people. It has no secrets. */
  readonly target: string;
  /** The permissions that it needs. */
  readonly permissions: PermissionSet;
  /**
   * Reads it. Families that are good come first; then it throws if anything was wrong.
   *
   * @throws {Error} If it cannot be read, or has invalid content.
   */
  read(context: SourceContext): AsyncIterable<Family>;
}

/** What the reading of a source's table depends on besides the table. */
export interface SourcePlace {
  /** The name of the collector. */
  readonly name: string;
  /** The folder that relative paths start from: that of the configuration file. */
  readonly folder: string;
  /** The maximum number of bytes to read. */
  readonly maxBytes: number;
  /** Whether no other collector of the configuration has this kind of source. */
  readonly isOnly: boolean;
}
