/**
 * The families of a look at the metrics: which there are, how large they are, and how they grow.
 *
 * @module
 */

import type { Gathering } from "../collect/gather.ts";
import { lint } from "../lint.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { Family } from "../model/family.ts";
import { BlockFamily, sizeOf } from "../series/block_family.ts";
import type { FamilyStatus, MetricsStatus } from "./document.ts";

/** The maximum number of families that are listed. */
export const MAX_FAMILIES = 500;

/** The maximum number of families that are counted and searched. */
export const MAX_KNOWN_FAMILIES = 20_000;

/** The number of families among the largest and those that grow. */
const MAX_OFFENDERS = 5;

/** The maximum number of problems that are listed. */
const MAX_PROBLEMS = 50;

/** The number of samples of a family whose labels are checked. */
const LINTED_SAMPLES = 20;

/** The maximum length of help texts, in characters. */
const MAX_HELP_LENGTH = 300;

/** The orders that families can have. */
export const SORT_ORDERS = ["name", "series", "growth"] as const;

/** An order of families. */
export type SortOrder = typeof SORT_ORDERS[number];

/** Which families to list. */
export interface FamilyQuery {
  /** A text that name, help, type or unit contain, in any case. */
  readonly search: string;
  /** The order. */
  readonly sort: SortOrder;
}

/** The number of series of each family at some time. */
export interface FamilySizes {
  /** The time, in seconds since the epoch. */
  readonly time: number;
  /** The numbers of series by the names of the families. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Returns the number of series of each family, up to a limit of families. Yields to the event loop in between. */
export async function familySizes({ families }: Gathering, time: number): Promise<FamilySizes> {
  const sizes = new Map<string, number>();
  for (const family of families.slice(0, MAX_KNOWN_FAMILIES)) {
    if (shouldYield()) await yieldToEventLoop();
    sizes.set(family.name, sizeOf(family));
  }
  return { time, sizes };
}

/** Describes a family. */
export function familyStatus(
  family: Family,
  series: number = sizeOf(family),
  growth: number = 0,
): FamilyStatus {
  const { name, type, help = "", unit = "" } = family;
  const shown = help.length > MAX_HELP_LENGTH ? `${help.slice(0, MAX_HELP_LENGTH)}…` : help;
  return { name, type, help: shown, unit, series, growth };
}

/** Describes all families with their growth, up to the same limit. */
export function allFamilies(
  { families }: Gathering,
  now: FamilySizes,
  before: FamilySizes | undefined,
): FamilyStatus[] {
  return families.slice(0, MAX_KNOWN_FAMILIES).map((family) => {
    const series = now.sizes.get(family.name) ?? 0;
    const growth = before === undefined ? 0 : series - (before.sizes.get(family.name) ?? 0);
    return familyStatus(family, series, growth);
  });
}

/** Returns the families that a search finds, in the order asked for, and how many there are. */
export function selectFamilies(
  families: readonly FamilyStatus[],
  { search, sort }: FamilyQuery,
): Pick<MetricsStatus, "families" | "found"> {
  const text = search.trim().toLowerCase();
  const found = families.filter(({ name, help, type, unit }) =>
    text === "" || [name, help, type, unit].some((part) => part.toLowerCase().includes(text))
  );
  if (sort !== "name") found.sort((a, b) => b[sort] - a[sort]);
  return { families: found.slice(0, MAX_FAMILIES), found: found.length };
}

/** Returns the largest families, and those that have grown most. */
export function offenders(
  families: readonly FamilyStatus[],
): Pick<MetricsStatus, "largest" | "growing"> {
  const top = (by: "series" | "growth") =>
    families.filter((family) => family[by] > 0)
      .sort((a, b) => b[by] - a[by])
      .slice(0, MAX_OFFENDERS)
      .map(({ name, series, growth }) => ({ name, series, growth }));
  return { largest: top("series"), growing: top("growth") };
}

/** Returns violations of naming rules. Of the series of a family, only the first ones are looked at. */
export async function lintFindings(
  families: readonly Family[],
): Promise<Pick<MetricsStatus, "lint" | "lintCount">> {
  const problems: { name: string; problem: string }[] = [];
  for (const family of families.slice(0, MAX_KNOWN_FAMILIES)) {
    if (shouldYield()) await yieldToEventLoop();
    const { name, type, help, unit } = family;
    problems.push(...lint([{ name, type, help, unit, samples: firstSamples(family) }]));
  }
  return { lint: problems.slice(0, MAX_PROBLEMS), lintCount: problems.length };
}

/** Returns what was left out. */
export function leftOut({ clashes }: Gathering): MetricsStatus["leftOut"] {
  return clashes.slice(0, MAX_PROBLEMS).map(({ collector = "", kind, what, samples }) => {
    return { collector, kind, what: what.slice(0, MAX_HELP_LENGTH), samples };
  });
}

function firstSamples(family: Family): Family["samples"] {
  if (!(family instanceof BlockFamily)) return family.samples.slice(0, LINTED_SAMPLES);
  const [block] = family.blocks;
  if (block === undefined) return [];
  const rows = family.rowsOf(block).slice(0, LINTED_SAMPLES);
  return rows.flatMap((row) => family.view.samplesOf(block, row));
}
