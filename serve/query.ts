/**
 * Parsing of the query string of `/metrics`.
 *
 * @module
 */

import { Labels } from "../labels.ts";
import type { ScrapeFilter } from "../collect/filter.ts";
import { isLabelName, isReservedLabelName, isUtf8Name } from "../model/names.ts";

/** The parameters that can occur several times, with the part of the filter that they add to. */
const LISTS = { "name[]": "names", "collect[]": "collect", "exclude[]": "exclude" } as const;

/**
 * Parses a query string: `name[]` selects families by name, `collect[]` and `exclude[]` select collectors, and all other parameters
 * are labels that samples must have. Parameters without a value are ignored.
 *
 * @param collectors Returns the names of all collectors.
 * @param utf8Names Whether label names can be any text.
 * @throws {RangeError} If a label name is invalid, if a label has two values, if a collector does not exist, or if `collect[]` and
 *   `exclude[]` are combined.
 */
export function parseScrapeFilter(
  query: string,
  collectors: () => ReadonlySet<string>,
  utf8Names: boolean = false,
): ScrapeFilter {
  const filter = {
    labels: new Labels({}, { utf8Names }),
    names: new Set<string>(),
    collect: new Set<string>(),
    exclude: new Set<string>(),
  };
  for (const [parameter, value] of query === "" ? [] : new URLSearchParams(query)) {
    if (value === "") continue;
    if (Object.hasOwn(LISTS, parameter)) filter[LISTS[parameter as keyof typeof LISTS]].add(value);
    else addLabel(filter.labels, parameter, value, utf8Names);
  }
  if (filter.collect.size > 0 && filter.exclude.size > 0) {
    throw new RangeError('Cannot filter by "collect[]" and "exclude[]" together');
  }
  if (filter.collect.size > 0) checkNames(filter.collect, collectors());
  return filter;
}

function checkNames(names: ReadonlySet<string>, collectors: ReadonlySet<string>): void {
  for (const name of names) {
    if (collectors.has(name)) continue;
    throw new RangeError(
      `Cannot collect from "${name}": expected one of ${[...collectors].sort().join(", ")}`,
    );
  }
}

function addLabel(labels: Labels, name: string, value: string, utf8Names: boolean): void {
  if (!(utf8Names ? isUtf8Name(name) : isLabelName(name)) || isReservedLabelName(name)) {
    throw new RangeError(
      `Cannot filter by "${name}": expected a label name, name[], collect[] or exclude[]`,
    );
  }
  if (labels.has(name) && labels.get(name) !== value) {
    throw new RangeError(`Cannot filter by label "${name}": no sample has two values of it`);
  }
  labels.set(name, value);
}

/** Returns whether a query string asks for an explanation of the scrape by `debug=1`, and what is left of it without that. */
export function splitDebug(query: string): { readonly query: string; readonly isDebug: boolean } {
  if (!query.includes("debug=1")) return { query, isDebug: false };
  const parameters = new URLSearchParams(query);
  const isDebug = parameters.has("debug", "1");
  parameters.delete("debug", "1");
  return { query: parameters.toString(), isDebug };
}

/** Parameters that other exporters have, or that lack their brackets, with what to know about them here. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ...["target", "module"].map((name): [string, string] => [name, "probes have paths of their own"]),
  ["debug", 'did you mean "debug=1"?'],
  ["verbose", "the log level is an option of the exporter"],
  ...Object.keys(LISTS).map((list): [string, string] => {
    return [list.slice(0, -2), `did you mean "${list}"?`];
  }),
]);

/** Returns what a label in a filter that matched nothing may be a mistake for, if it looks like one. */
export function filterHint(name: string): string | undefined {
  return HINTS.get(name);
}
