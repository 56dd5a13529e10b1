/**
 * Escapes the names of families and labels, for scrapers that do not accept UTF-8 names.
 *
 * A scheme can turn different names into the same one, which would merge families or repeat labels. Each escaped name is therefore
 * checked against those already taken; if it is taken, the name is escaped with `values`, which keeps names distinct, and then
 * extended by underscores until it is free, because a legacy name may look like the result of `values`. Legacy names are assigned
 * first, so that they change least.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/escaping_schemes/}
 *
 * @module
 */

import { BlockFamily } from "../series/block_family.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { escapeName, type Escaping, isLegacyName, type NameKind } from "../model/names.ts";
import { hasLegacyNames, labelNamesOf } from "../series/family_names.ts";
import { WeakCache } from "../model/weak_cache.ts";
import { type Family, sampleNames } from "../model/family.ts";
import { Sample } from "../model/sample.ts";
import type { SeriesView } from "../series/view.ts";

/** The number of samples between two checks of the clock. */
const STRIDE = 128;

/** The escaped names of a family. */
interface EscapedNames {
  /** The name of the family. */
  readonly family: string;
  /** The escaped name of each label, by its original name. */
  readonly labels: ReadonlyMap<string, string>;
}

const renamedViews = new WeakCache<SeriesView, SeriesView>();

/** Returns the families with all names escaped. */
export async function renameFamilies(
  families: readonly Family[],
  escaping: Escaping,
): Promise<readonly Family[]> {
  if (escaping === "allow-utf-8") return families;
  if (escaping !== "dots" && families.every(hasLegacyNames)) return families;
  const names = escapeFamilyNames(families, escaping);
  const renamed: Family[] = [];
  for (const [i, family] of families.entries()) {
    const labels = escapeLabelNames(family, names[i]!, escaping);
    renamed.push(await renameFamily(family, { family: names[i]!, labels }));
  }
  return renamed;
}

/** Returns the escaped names of families. No two families get the same sample names. */
function escapeFamilyNames(families: readonly Family[], escaping: Escaping): readonly string[] {
  const names: string[] = [];
  const taken = new Set<string>();
  const add = (isLegacy: boolean) => {
    for (const [i, { name, type }] of families.entries()) {
      // The label of a state set has the name of the family.
      const kind = type === "stateset" ? "label" : "metric";
      if (isLegacyName(name, kind) !== isLegacy) continue;
      const isFree = (name: string) => !sampleNames(name, type).some((name) => taken.has(name));
      names[i] = firstFree(name, escapeName(name, escaping, kind), kind, isFree);
      for (const name of sampleNames(names[i], type)) taken.add(name);
    }
  };
  add(true);
  add(false);
  return names;
}

/** Returns the escaped names of all labels of a family, which are distinct. */
function escapeLabelNames(
  family: Family,
  familyName: string,
  escaping: Escaping,
): ReadonlyMap<string, string> {
  const stateLabel = family.type === "stateset" ? family.name : undefined;
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const add = (name: string, escaped: string) => {
    names.set(name, firstFree(name, escaped, "label", (name) => !taken.has(name)));
    taken.add(names.get(name)!);
  };
  const all = labelNamesOf(family);
  if (stateLabel !== undefined && all.has(stateLabel)) add(stateLabel, familyName);
  for (const isLegacy of [true, false]) {
    for (const name of all) {
      if (name === stateLabel || isLegacyName(name, "label") !== isLegacy) continue;
      add(name, escapeName(name, escaping, "label"));
    }
  }
  return names;
}

/** Returns the escaped name, or another one if it is taken. */
function firstFree(
  name: string,
  escaped: string,
  kind: NameKind,
  isFree: (name: string) => boolean,
): string {
  let free = isFree(escaped) ? escaped : escapeName(name, "values", kind);
  while (!isFree(free)) free += "_";
  return free;
}

async function renameFamily(family: Family, names: EscapedNames): Promise<Family> {
  const rename = (sample: Sample) => renameSample(sample, family, names);
  if (family instanceof BlockFamily) {
    const key = JSON.stringify([names.family, ...names.labels]);
    const { view } = family;
    return family.in(
      renamedViews.get(view, key) ??
        renamedViews.set(view, key, view.mapped({ name: names.family }, rename)),
    );
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
  names: EscapedNames,
): Sample {
  // Suffixes such as `_bucket` are not escaped: scrapers recognize the parts of histograms and summaries by them.
  const escapedName = names.family + name.slice(family.name.length);
  const escapedLabels = labels.map((text, i) => i % 2 === 0 ? names.labels.get(text)! : text);
  return new Sample(escapedName, escapedLabels, value, timestamp, details);
}
