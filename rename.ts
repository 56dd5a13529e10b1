/**
 * Families under the names that a reader understands.
 *
 * @module
 */

import { BlockFamily } from "./block_family.ts";
import { breathe, overdue } from "./breath.ts";
import { escapeName, type Escaping } from "./escape.ts";
import { Memo } from "./memo.ts";
import { type Family, Sample } from "./sample.ts";

/** How many samples go by between two looks at the clock. */
const STRIDE = 128;

const renamed = new Memo<BlockFamily, BlockFamily>();

/** Writes all names by an escaping scheme. Names are legacy names, so that `dots` is the only one that changes anything. */
export async function renameFamilies(
  families: Iterable<Family>,
  escaping: Escaping,
): Promise<readonly Family[]> {
  if (escaping !== "dots") return [...families];
  const escaped: Family[] = [];
  for (const family of families) escaped.push(await renameFamily(family, escaping));
  return escaped;
}

async function renameFamily(family: Family, escaping: Escaping): Promise<Family> {
  const name = escapeName(family.name, escaping);
  const rename = (sample: Sample) => renameSample(sample, family, name, escaping);
  if (family instanceof BlockFamily) {
    return renamed.get(family, escaping) ??
      renamed.set(family, escaping, family.mapped({ name }, rename));
  }
  const samples: Sample[] = [];
  for (const [i, sample] of family.samples.entries()) {
    if (i % STRIDE === 0 && overdue()) await breathe();
    samples.push(rename(sample));
  }
  const { type, help, unit } = family;
  return { name, type, help, unit, samples };
}

function renameSample(
  { name, labels, value, timestamp, details }: Sample,
  family: Family,
  familyName: string,
  escaping: Escaping,
): Sample {
  // What a part of a histogram or a summary appends to the name of its family says what it is.
  const ownName = familyName + name.slice(family.name.length);
  const escaped = labels.map((text, i) => i % 2 === 0 ? escapeName(text, escaping) : text);
  return new Sample(ownName, escaped, value, timestamp, details);
}
