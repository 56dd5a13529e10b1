/**
 * Which families of a source are exposed, under which names and with which labels.
 *
 * @module
 */

import { readLabels } from "../config.ts";
import type { Labels } from "../labels.ts";
import type { Table } from "../model/config_table.ts";
import { toFilledString, toFilledStrings } from "../model/config_values.ts";
import { type Family, familyOf, partLabel } from "../model/family.ts";
import { isMetricName } from "../model/names.ts";
import { Sample } from "../model/sample.ts";
import { NAME_PATTERN, type NamePattern, parseNamePattern } from "./name_pattern.ts";

/** The keys of a collector that {@linkcode readSelection} reads. */
export const SELECTION_KEYS = ["keep", "drop", "rename", "labels"];

/** A renaming of the families that match a pattern. */
interface Renaming {
  readonly pattern: NamePattern;
  readonly target: string;
}

/** Selects, renames and labels families. */
export class Selection {
  readonly #keep: readonly NamePattern[] | undefined;
  readonly #drop: readonly NamePattern[];
  readonly #renamings: readonly Renaming[];
  readonly #labels: readonly (readonly [name: string, value: string])[];

  /** Creates a selection. Without `keep`, all families are kept. */
  constructor(
    { keep, drop, renamings, labels }: {
      readonly keep: readonly NamePattern[] | undefined;
      readonly drop: readonly NamePattern[];
      readonly renamings: readonly Renaming[];
      readonly labels: Labels;
    },
  ) {
    this.#keep = keep;
    this.#drop = drop;
    this.#renamings = renamings;
    this.#labels = [...labels];
  }

  /**
   * Returns a family as it is to be exposed; undefined if it is not.
   *
   * @throws {RangeError} If its new name is not a metric name.
   */
  apply(family: Family): Family | undefined {
    const { name } = family;
    if (this.#keep?.every((pattern) => !pattern.matches(name))) return undefined;
    if (this.#drop.some((pattern) => pattern.matches(name))) return undefined;
    const renaming = this.#renamings.find(({ pattern }) => pattern.matches(name));
    const renamed = renaming?.pattern.rename(name, renaming.target) ?? name;
    if (renamed === name && this.#labels.length === 0) return family;
    if (renamed !== name && !isMetricName(renamed)) {
      throw new RangeError(
        `Cannot rename metric "${name}": expected a metric name that matches ` +
          `[a-zA-Z_:][a-zA-Z0-9_:]*, got "${renamed}"`,
      );
    }
    const own = partLabel(family);
    const target = { ...family, name: renamed };
    const { type } = family.type === "info" ? familyOf(renamed, "info", () => undefined) : target;
    return {
      ...target,
      type,
      samples: family.samples.map((sample) => this.#applyTo(sample, family, renamed, own)),
    };
  }

  #applyTo(sample: Sample, { name, type }: Family, renamed: string, own?: string): Sample {
    // The label that distinguishes the states of a state set has the name of the family.
    const labels = type === "stateset" && renamed !== name
      ? sample.labels.map((text, i) => i % 2 === 0 && text === own ? renamed : text)
      : [...sample.labels];
    for (const [label, value] of this.#labels) {
      if (sample.label(label) === undefined) labels.push(label, value);
    }
    const { value, timestamp, details } = sample;
    const sampleName = renamed + sample.name.slice(name.length);
    return new Sample(sampleName, labels, value, timestamp, details);
  }
}

/** Reads and checks `keep`, `drop`, `rename` and `labels` in the table of a collector. */
export function readSelection(table: Table): Selection {
  return new Selection({
    keep: readPatterns(table, "keep"),
    drop: readPatterns(table, "drop") ?? [],
    renamings: readRenamings(table.table("rename")),
    labels: readLabels(table),
  });
}

function readPatterns(table: Table, key: string): NamePattern[] | undefined {
  return table.take(key, `a list, each item ${NAME_PATTERN}`, (value) => {
    const patterns = toFilledStrings(value)?.map(parseNamePattern);
    return patterns?.every((pattern) => pattern !== undefined) ? patterns : undefined;
  });
}

function readRenamings(table: Table): Renaming[] {
  return [...table.keys()].flatMap((text) => {
    const target = table.take(text, "a metric name", toFilledString);
    const pattern = parseNamePattern(text);
    if (pattern === undefined) table.report(`expected ${NAME_PATTERN}`, text);
    return pattern === undefined || target === undefined ? [] : [{ pattern, target }];
  });
}
