/**
 * The series of one family, page by page.
 *
 * @module
 */

import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { type Family, PARTS } from "../model/family.ts";
import { formatValue } from "../model/numbers.ts";
import type { Sample } from "../model/sample.ts";
import { BlockFamily, sizeOf } from "../series/block_family.ts";
import type { SeriesDocument } from "./document.ts";

/** The number of series on a page. */
export const PAGE_SIZE = 50;

/** The maximum length of the text of a series, in characters. */
const MAX_TEXT_LENGTH = 2000;

/** The number of series whose labels are counted. */
const COUNTED_SERIES = 10_000;

/** Which series to return. */
export interface SeriesQuery {
  /** A text that the series in text format contains, in any case. */
  readonly match: string;
  /** How many of those to skip. */
  readonly offset: number;
}

/** What a page of series has. */
type SeriesPage = Pick<SeriesDocument, "matched" | "offset" | "series">;

/** Returns some series of a family. Yields to the event loop in between. */
export async function seriesPage(
  family: Family,
  { match, offset }: SeriesQuery,
): Promise<SeriesPage> {
  const text = match.trim().toLowerCase();
  const found: Sample[] = [];
  let matched = 0;
  for (const { samples, size } of portionsOf(family)) {
    if (shouldYield()) await yieldToEventLoop();
    const isBeside = matched + size <= offset || found.length === PAGE_SIZE;
    if (text === "" && isBeside) {
      matched += size;
      continue;
    }
    for (const sample of samples()) {
      if (text !== "" && !sample.series.toLowerCase().includes(text)) continue;
      if (matched >= offset && found.length < PAGE_SIZE) found.push(sample);
      matched++;
    }
  }
  const isCounter = (name: string) => countsUp(family, name);
  const series = found.map(({ name, series, value }) => ({
    text: series.length > MAX_TEXT_LENGTH ? `${series.slice(0, MAX_TEXT_LENGTH)}…` : series,
    value: formatValue(value),
    isCounter: isCounter(name),
  }));
  return { matched, offset, series };
}

/** Counts the values of each label, of all series or of the first ones. Yields to the event loop in between. */
export async function labelCounts(family: Family): Promise<SeriesDocument["labels"]> {
  const values = new Map<string, Set<string>>();
  let left = COUNTED_SERIES;
  for (const { samples } of portionsOf(family)) {
    if (shouldYield()) await yieldToEventLoop();
    if (left <= 0) break;
    for (const { labels } of samples()) {
      if (left-- <= 0) break;
      for (let i = 0; i < labels.length; i += 2) {
        const known = values.get(labels[i]!);
        if (known === undefined) values.set(labels[i]!, new Set([labels[i + 1]!]));
        else known.add(labels[i + 1]!);
      }
    }
  }
  return Array.from(values, ([name, { size }]) => ({ name, values: size }))
    .sort((a, b) => b.values - a.values);
}

/** Some samples of a family, which are created only if they are needed. */
interface Portion {
  readonly size: number;
  readonly samples: () => readonly Sample[];
}

/** The number of samples in a portion of a family that has them in a list. */
const PORTION = 512;

function* portionsOf(family: Family): Generator<Portion> {
  if (family instanceof BlockFamily) {
    const parts = family.layout.parts.length;
    for (const block of family.blocks) {
      yield { size: block.rows * parts, samples: () => family.samplesOf(block) };
    }
    return;
  }
  for (let from = 0; from < sizeOf(family); from += PORTION) {
    const samples = family.samples.slice(from, from + PORTION);
    yield { size: samples.length, samples: () => samples };
  }
}

/** Returns whether the samples of this name in a family only go up. */
function countsUp({ type, name: family }: Family, name: string): boolean {
  if (type === "counter") return true;
  if (type === "gaugehistogram") return false;
  return PARTS[type] !== undefined && name !== family;
}
