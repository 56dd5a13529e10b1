import { assertEquals, assertThrows } from "@std/assert";
import { filterHint, parseScrapeFilter, splitDebug } from "../../serve/query.ts";
import type { ScrapeFilter } from "../../collect/filter.ts";

const COLLECTORS: ReadonlySet<string> = new Set(["disk", "net", "cpu"]);

function parse(query: string): ScrapeFilter {
  return parseScrapeFilter(query, () => COLLECTORS);
}

/** Returns the fields of a filter that are not empty, as plain arrays. */
function contents({ labels, names, collect, exclude }: ScrapeFilter): Record<string, unknown[]> {
  const all = {
    labels: [...labels],
    names: [...names],
    collect: [...collect],
    exclude: [...exclude],
  };
  return Object.fromEntries(Object.entries(all).filter(([, items]) => items.length > 0));
}

for (
  const [query, expected] of [
    ["", {}],
    ["site=north", { labels: [["site", "north"]] }],
    ["site=north&floor=1", { labels: [["site", "north"], ["floor", "1"]] }],
    ["site=north&site=north", { labels: [["site", "north"]] }],
    ["path=C%3A%5C+a%26b%3Dc", { labels: [["path", "C:\\ a&b=c"]] }],
    ["text=%0A%22", { labels: [["text", '\n"']] }],
    ["city=Z%C3%BCrich", { labels: [["city", "Zürich"]] }],
    ["a=b=c", { labels: [["a", "b=c"]] }],
    ["x", {}],
    ["x=", {}],
    ["=", {}],
    ["a-b", {}],
    ["site=&site=north", { labels: [["site", "north"]] }],
    ["constructor=1&toString=2", { labels: [["constructor", "1"], ["toString", "2"]] }],
    ["name=up&collect=disk", { labels: [["name", "up"], ["collect", "disk"]] }],
    ["name[]=up", { names: ["up"] }],
    ["name%5B%5D=up&name[]=down&name[]=up", { names: ["up", "down"] }],
    ["name[]=", {}],
    ["collect[]=disk&collect[]=net", { collect: ["disk", "net"] }],
    ["exclude[]=disk&exclude[]=other", { exclude: ["disk", "other"] }],
    ["collect[]=&exclude[]=disk", { exclude: ["disk"] }],
    ["collect[]=cpu&a=1&name[]=up", { labels: [["a", "1"]], names: ["up"], collect: ["cpu"] }],
  ] satisfies [string, Record<string, unknown[]>][]
) {
  Deno.test(`parseScrapeFilter() reads "?${query}"`, () => {
    assertEquals(contents(parse(query)), expected);
  });
}

for (
  const [query, message] of [
    ["a-b=1", 'Cannot filter by "a-b": expected a label name, name[], collect[] or exclude[]'],
    ["=1", 'Cannot filter by "": expected a label name, name[], collect[] or exclude[]'],
    [
      "__proto__=1",
      'Cannot filter by "__proto__": expected a label name, name[], collect[] or exclude[]',
    ],
    [
      "names[]=1",
      'Cannot filter by "names[]": expected a label name, name[], collect[] or exclude[]',
    ],
    ["a=1&a=2", 'Cannot filter by label "a": no sample has two values of it'],
    ["collect[]=tape", 'Cannot collect from "tape": expected one of cpu, disk, net'],
    ["collect[]=disk&exclude[]=net", 'Cannot filter by "collect[]" and "exclude[]" together'],
  ] as const
) {
  Deno.test(`parseScrapeFilter() rejects "?${query}"`, () => {
    assertThrows(() => parse(query), RangeError, message);
  });
}

for (
  const [name, hint] of [
    ["target", "probes have paths of their own"],
    ["debug", 'did you mean "debug=1"?'],
    ["verbose", "the log level is an option of the exporter"],
    ["collect", 'did you mean "collect[]"?'],
    ["name", 'did you mean "name[]"?'],
    ["site", undefined],
  ] as const
) {
  Deno.test(`filterHint() has ${hint === undefined ? "no" : "a"} hint for ${name}`, () => {
    assertEquals(filterHint(name), hint);
  });
}

for (
  const [query, rest] of [
    ["", undefined],
    ["?site=north", undefined],
    ["?debug=true", undefined],
    ["?site=debug%3D1", undefined],
    ["?debug=1", ""],
    ["?site=north&debug=1&collect[]=doors", "site=north&collect%5B%5D=doors"],
    ["?debug=1&debug=2", "debug=2"],
  ] as const
) {
  Deno.test(`splitDebug() ${rest === undefined ? "leaves" : "splits"} "${query}"`, () => {
    const expected = { query: rest ?? query, isDebug: rest !== undefined };
    assertEquals(splitDebug(query), expected);
  });
}
