/**
 * Families under the names that a reader understands.
 *
 * Different names stay different: one that would become the same as another one is written by the scheme `values`, which no two
 * names share. Legacy names come first.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/escaping_schemes/}
 *
 * @module
 */

import { BlockFamily } from "../series/block_family.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { escapeName, type Escaping, isLabelName, isMetricName } from "../model/names.ts";
import { hasLegacyNames, labelNamesOf } from "../series/family_names.ts";
import { WeakCache } from "../model/weak_cache.ts";
import { type Family, sampleNames } from "../model/family.ts";
import { Sample } from "../model/sample.ts";

/** How many samples go by between two looks at the clock. */
const STRIDE = 128;

/** What becomes of the names of a family. */
interface Names {
  readonly family: string;
  readonly labels: ReadonlyMap<string, string>;
}

const renamed = new WeakCache<BlockFamily, BlockFamily>();

/** Writes all names by an escaping scheme. */
export async function renameFamilies(
  families: readonly Family[],
  escaping: Escaping,
): Promise<readonly Family[]> {
  if (escaping === "allow-utf-8") return families;
  if (escaping !== "dots" && families.every(hasLegacyNames)) return families;
  const names = escapeAll(families, escaping);
  const escaped: Family[] = [];
  for (const [i, family] of families.entries()) {
    const labels = escapeLabels(family, names[i]!, escaping);
    escaped.push(await renameFamily(family, { family: names[i]!, labels }));
  }
  return escaped;
}

/** The names of families, none of which takes a name that another one has. */
function escapeAll(families: readonly Family[], escaping: Escaping): readonly string[] {
  const names: string[] = [];
  const taken = new Set<string>();
  const add = (isLegacy: boolean) => {
    for (const [i, { name, type }] of families.entries()) {
      if (isMetricName(name) !== isLegacy) continue;
      const isFree = (name: string) => !sampleNames(name, type).some((name) => taken.has(name));
      names[i] = firstFree(name, escapeName(name, escaping), isFree);
      for (const name of sampleNames(names[i], type)) taken.add(name);
    }
  };
  add(true);
  add(false);
  return names;
}

/** The names of all labels of a family, no two of them the same. The label of a state set is called like its family. */
function escapeLabels(
  family: Family,
  familyName: string,
  escaping: Escaping,
): ReadonlyMap<string, string> {
  const own = family.type === "stateset" ? family.name : undefined;
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const add = (name: string, escaped: string) => {
    names.set(name, firstFree(name, escaped, (name) => !taken.has(name)));
    taken.add(names.get(name)!);
  };
  const all = labelNamesOf(family);
  if (own !== undefined && all.has(own)) add(own, familyName);
  for (const isLegacy of [true, false]) {
    for (const name of all) {
      if (name !== own && isLabelName(name) === isLegacy) add(name, escapeName(name, escaping));
    }
  }
  return names;
}

/** An escaped name, or another one if it is taken. Even a legacy name may look like one that is escaped by `values`. */
function firstFree(name: string, escaped: string, isFree: (name: string) => boolean): string {
  let free = isFree(escaped) ? escaped : escapeName(name, "values");
  while (!isFree(free)) free += "_";
  return free;
}

async function renameFamily(family: Family, names: Names): Promise<Family> {
  const rename = (sample: Sample) => renameSample(sample, family, names);
  if (family instanceof BlockFamily) {
    const key = JSON.stringify([names.family, ...names.labels]);
    return renamed.get(family, key) ??
      renamed.set(family, key, family.mapped({ name: names.family }, rename));
  }
  const samples: Sample[] = [];
  for (const [i, sample] of family.samples.entries()) {
    if (i % STRIDE === 0 && shouldYield()) await yieldToEventLoop();
    samples.push(rename(sample));
  }
  const { type, help, unit } = family;
  return { name: names.family, type, help, unit, samples };
}

function renameSample(
  { name, labels, value, timestamp, details }: Sample,
  family: Family,
  names: Names,
): Sample {
  // What a part of a histogram or a summary appends to the name of its family says what it is.
  const ownName = names.family + name.slice(family.name.length);
  const escaped = labels.map((text, i) => i % 2 === 0 ? names.labels.get(text)! : text);
  return new Sample(ownName, escaped, value, timestamp, details);
}
