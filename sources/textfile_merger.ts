/**
 * The families of several files, put together as node_exporter does.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";

/** A family with the files that it comes from. */
interface MergedFamily {
  readonly family: Family;
  readonly samples: Sample[];
  readonly paths: string[];
  help: string | undefined;
}

/** Merges families of files. */
export class TextfileMerger {
  readonly #families = new Map<string, MergedFamily>();

  /**
   * Adds the families of a file, but not those that contradict earlier files.
   *
   * @returns The contradictions.
   * @throws {RangeError} If a sample has a timestamp. Nothing is added then.
   */
  add(path: string, families: readonly Family[]): Error[] {
    for (const { samples } of families) {
      const timed = samples.find(({ timestamp }) => timestamp !== undefined);
      if (timed !== undefined) {
        throw new RangeError(`Cannot use "${path}": ${timed.series} has a timestamp`);
      }
    }
    return families.flatMap((family) => this.#addFamily(path, family) ?? []);
  }

  #addFamily(path: string, family: Family): Error | undefined {
    const { name, type, samples } = family;
    const help = family.help || undefined;
    const merged = this.#families.get(name);
    if (merged === undefined) {
      this.#families.set(name, { family, samples: [...samples], paths: [path], help });
      return undefined;
    }
    const problem = merged.family.type !== type
      ? `type ${type} instead of ${merged.family.type}`
      : help !== undefined && merged.help !== undefined && merged.help !== help
      ? "another help text"
      : undefined;
    if (problem !== undefined) {
      return new Error(`Cannot use ${name} in "${path}": ${problem} as in "${merged.paths[0]}"`);
    }
    merged.help ??= help;
    merged.paths.push(path);
    for (const sample of samples) merged.samples.push(sample);
    return undefined;
  }

  /** Returns the families. Those without a help text get one that names their files. */
  families(): Family[] {
    return Array.from(this.#families.values(), ({ family, samples, paths, help }) => ({
      ...family,
      help: help ?? `Metric read from ${paths.join(", ")}`,
      samples,
    }));
  }
}
