/**
 * The options that all instruments have.
 *
 * @module
 */

import type { LabelSpec } from "../model/label_schema.ts";

/** Options that all instruments have. */
export interface InstrumentOptions<S extends LabelSpec = LabelSpec> {
  /**
   * The labels: a list of names, or an object from each name to its allowed values, or to `String` for any value. If the values of
   * all labels are declared, every combination is exposed from the start.
   *
   * @default {[]}
   */
  labels?: S;
  /** The base unit, such as `seconds` or `bytes`, in which the name ends. Formats with units expose it. */
  unit?: string;
  /**
   * Whether the names of the metric and of its labels can be any text, such as `http.requests`. Only registries with the same
   * option accept such an instrument.
   *
   * @default {false}
   */
  utf8Names?: boolean;
  /**
   * The maximum number of series, 1 or more.
   *
   * @default {Infinity}
   */
  maxSeries?: number;
  /**
   * What happens to a new series beyond `maxSeries`: `"overflow"` counts it in one more series, which has `other` as value of every
   * label; `"reject"` does not expose it; `"lru"` drops the least recently used series to make room.
   *
   * @default {"overflow"}
   */
  whenFull?: "reject" | "overflow" | "lru";
  /**
   * Seconds without use after which a scrape drops a series.
   *
   * @default {Infinity}
   */
  maxAge?: number;
  /**
   * The maximum length of a label value in UTF-16 code units, 30 or more. Of a longer one, the start is exposed, followed by `…` and
   * a hash of the value. Values that the labels declare have no limit.
   *
   * @default {1024}
   */
  maxLabelValueLength?: number;
}

/** What can happen to a series beyond the maximum number. */
export type OverflowPolicy = NonNullable<InstrumentOptions["whenFull"]>;

/** What can happen to a series beyond the maximum number. */
export const OVERFLOW_POLICIES: readonly OverflowPolicy[] = ["reject", "overflow", "lru"];

const INTO_NAME = "write it into the name";
const CONSTANT = "give constant labels to the registry";
const REGISTER = "call register() of the registry";

/** What to do instead of giving options that instruments have in other client libraries. */
export const OPTION_ADVICE: ReadonlyMap<string, string> = new Map([
  ["name", "give it as the first argument"],
  ["help", "give it as the second argument"],
  ["documentation", "give it as the second argument"],
  ["prefix", INTO_NAME],
  ["namespace", INTO_NAME],
  ["subsystem", INTO_NAME],
  ["constLabels", CONSTANT],
  ["registry", REGISTER],
  ["registers", REGISTER],
  ["collect", "register a collector instead"],
  ["enableExemplars", "exemplars need no option"],
].flatMap(([name = "", advice = ""]): [string, string][] => [
  [name, advice],
  [`${name[0]!.toUpperCase()}${name.slice(1)}`, advice],
]));
