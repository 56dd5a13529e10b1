/**
 * The tables `[collectors.NAME]` of a configuration file.
 *
 * @module
 */

import type { CollectorOptions } from "../collector.ts";
import type { ConfigProblem } from "../config_error.ts";
import { Table } from "../model/config_table.ts";
import { toSeconds } from "../model/config_values.ts";
import { readSelection, type Selection, SELECTION_KEYS } from "./selection.ts";
import { type Source, SOURCE_KINDS, type SourceKind, type SourcePlace } from "./source.ts";

/** A collector of a configuration file. */
export interface CollectorConfig {
  /** The name. */
  readonly name: string;
  /** How it runs. */
  readonly options: Omit<CollectorOptions, "name">;
  /** What it reads. */
  readonly source: Source;
  /** What it exposes of that. */
  readonly selection: Selection;
}

/** The keys of all collectors, besides those of {@linkcode readSelection}. */
export const COMMON_KEYS = ["ttl", "timeout", "max_stale", "max_samples", "max_bytes"];

/** The maximum number of bytes that are read from a source. Parsing so much text holds the event loop for 60 ms. */
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

/** How the table of one kind of source is read, and which keys it can have. */
interface SourceReader {
  readonly keys: readonly string[];
  readonly read: (
    table: Table,
    place: SourcePlace,
  ) => Source | undefined | Promise<Source | undefined>;
}

/** The modules for each kind, which are loaded when a collector has it. */
const READERS: Readonly<Record<SourceKind, () => Promise<SourceReader>>> = {
  async command() {
    const { COMMAND_KEYS, readCommandSource } = await import("./command_source.ts");
    return { keys: COMMAND_KEYS, read: readCommandSource };
  },
  async url() {
    const { readUrlSource, URL_KEYS } = await import("./url_source.ts");
    return { keys: URL_KEYS, read: readUrlSource };
  },
  async file() {
    const { FILE_KEYS, readFileSource } = await import("./file_source.ts");
    return { keys: FILE_KEYS, read: readFileSource };
  },
  async json() {
    const { JSON_KEYS, readJsonSource } = await import("./json_source.ts");
    return { keys: JSON_KEYS, read: readJsonSource };
  },
};

/**
 * Reads and checks the table of one collector.
 *
 * @param value The table, as the parser returned it.
 * @param problems Takes the problems.
 * @returns The collector; undefined if there are problems.
 */
export async function readCollector(
  name: string,
  value: Readonly<Record<string, unknown>>,
  { folder, isOnly }: Pick<SourcePlace, "folder" | "isOnly">,
  problems: ConfigProblem[],
): Promise<CollectorConfig | undefined> {
  const before = problems.length;
  const table = new Table(value, ["collectors", name], problems);
  const kinds = sourceKindsIn(value);
  const [kind, ...others] = kinds;
  if (kind === undefined || others.length > 0) {
    const got = kind === undefined ? "none of them" : kinds.join(" and ");
    table.report(`expected one of ${SOURCE_KINDS.join(", ")}, got ${got}`);
    return undefined;
  }
  const reader = await READERS[kind]();
  table.checkKeys([...COMMON_KEYS, ...SELECTION_KEYS, ...reader.keys]);
  const options = readOptions(table);
  const selection = readSelection(table);
  const maxBytes = table.take("max_bytes", "an integer, 1 or more", toCount) ?? DEFAULT_MAX_BYTES;
  const source = await reader.read(table, { name, folder, isOnly, maxBytes });
  if (source === undefined || problems.length > before) return undefined;
  return { name, options, source, selection };
}

/** Returns the kinds of sources that a table names. There should be one. */
export function sourceKindsIn(value: Readonly<Record<string, unknown>>): SourceKind[] {
  return SOURCE_KINDS.filter((kind) => Object.hasOwn(value, kind));
}

function readOptions(table: Table): CollectorConfig["options"] {
  const ttl = table.take("ttl", "a number of seconds, 0 or more", toSeconds);
  const timeout = table.take("timeout", "a number of seconds above 0", toTimeout);
  const maxStale = table.take("max_stale", "a number of seconds, 0 or more", toSeconds);
  const maxSamples = table.take("max_samples", "an integer, 1 or more", toCount);
  return {
    ...(ttl !== undefined && { ttl }),
    ...(timeout !== undefined && { timeout }),
    ...(maxStale !== undefined && { maxStale }),
    ...(maxSamples !== undefined && { maxSamples }),
  };
}

function toTimeout(value: unknown): number | undefined {
  const seconds = toSeconds(value);
  return seconds === 0 ? undefined : seconds;
}

function toCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 1 ? Number(value) : undefined;
}
