/**
 * What a scrape asks for: the query string of `/metrics`.
 *
 * @module
 */

import { isLabelName, isReservedLabelName, isUtf8Name } from "../model/names.ts";
import { Labels } from "../labels.ts";

/** Restrictions on what a scrape gives. What is empty restricts nothing. */
export interface ScrapeFilter {
  /** Labels that each sample must have, with these values. */
  readonly labels: Labels;
  /** Names of families. */
  readonly names: ReadonlySet<string>;
  /** Names of the only collectors to run. */
  readonly collect: ReadonlySet<string>;
  /** Names of collectors not to run. */
  readonly exclude: ReadonlySet<string>;
}
