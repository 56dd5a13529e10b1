/**
 * Files with expositions, as the textfile collector of node_exporter reads them.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import type { Table } from "../model/config_table.ts";
import { toFilledStrings } from "../model/config_values.ts";
import type { Family } from "../model/family.ts";
import { Sample } from "../model/sample.ts";
import { joinMessages } from "./error_messages.ts";
import { readExposition } from "./exposition_reader.ts";
import { FilePattern } from "./file_pattern.ts";
import { readFileBytes } from "./file_reader.ts";
import type { Source, SourcePlace } from "./source.ts";
import { TextfileMerger } from "./textfile_merger.ts";

/** The keys of a collector that {@linkcode readFileSource} reads. */
export const FILE_KEYS = ["file"];

/** The files that match some patterns. */
class FileSource implements Source {
  readonly kind = "file";
  readonly target: string;
  readonly permissions: Source["permissions"];
  readonly #patterns: readonly FilePattern[];
  readonly #ownLabels: readonly string[];
  readonly #maxBytes: number;

  constructor(paths: readonly string[], { name, isOnly, maxBytes }: SourcePlace) {
    this.target = paths.join(", ");
    this.#patterns = paths.map((path) => new FilePattern(path));
    this.permissions = { read: this.#patterns.map(({ base }) => base) };
    this.#ownLabels = isOnly ? [] : ["collector", name];
    this.#maxBytes = maxBytes;
  }

  async *read(): AsyncIterable<Family> {
    const merger = new TextfileMerger();
    const modified = new Map<string, number>();
    const errors: Error[] = [];
    for (const path of await this.#find(errors)) {
      try {
        const file = await readFileBytes(path, this.#maxBytes);
        errors.push(...merger.add(path, readExposition(file.bytes, path)));
        modified.set(path, Math.floor(file.modified));
      } catch (error) {
        // A file that was there a moment ago has been removed.
        if ((error as Error).cause instanceof Deno.errors.NotFound) continue;
        errors.push(error as Error);
      }
    }
    yield* merger.families();
    yield* this.#status(modified, errors.length > 0);
    if (errors.length > 0) throw new Error(joinMessages(errors.map(({ message }) => message)));
  }

  async #find(errors: Error[]): Promise<string[]> {
    const found = new Set<string>();
    for (const pattern of this.#patterns) {
      const matched = await pattern.find();
      errors.push(...matched.errors);
      for (const path of matched.paths) found.add(path);
    }
    return [...found];
  }

  #status(modified: ReadonlyMap<string, number>, hasErrors: boolean): Family[] {
    const mtime = "node_textfile_mtime_seconds";
    const error = "node_textfile_scrape_error";
    return [
      {
        name: mtime,
        type: "gauge",
        help: "Unixtime mtime of textfiles successfully read.",
        samples: Array.from(modified, ([path, time]) => new Sample(mtime, ["file", path], time)),
      },
      {
        name: error,
        type: "gauge",
        help: "1 if there was an error opening or reading a file, 0 otherwise",
        samples: [new Sample(error, this.#ownLabels, hasErrors ? 1 : 0)],
      },
    ];
  }
}

/** Reads and checks the source `file` in the table of a collector. */
export function readFileSource(table: Table, place: SourcePlace): Source | undefined {
  const paths = table.take(
    "file",
    "the path of files or folders, or a list of such paths",
    (value) => toFilledStrings(Array.isArray(value) ? value : [value]),
  );
  if (paths === undefined) return undefined;
  const resolved = paths.map((path) => isAbsolute(path) ? path : join(place.folder, path));
  return new FileSource(resolved, place);
}
