/**
 * The part of a registry that a scrape asks for.
 *
 * @module
 */

import type { Labels } from "../labels.ts";

/** Selects the samples of a scrape. Empty fields select everything. */
export interface ScrapeFilter {
  /** The labels, with values, that each sample must have. */
  readonly labels: Labels;
  /** The names of the families to return. */
  readonly names: ReadonlySet<string>;
  /** The names of the collectors to run. */
  readonly collect: ReadonlySet<string>;
  /** The names of the collectors not to run. */
  readonly exclude: ReadonlySet<string>;
}
