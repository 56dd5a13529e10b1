/**
 * What the formats have in common that consist of lines.
 *
 * @module
 */

import type { BlockFamily } from "../series/block_family.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";

/** A family as a format has it, which may be a part of one that the format cannot hold. */
export interface LineFamily extends Family {
  /** The label whose values are to be canonical numbers, if there is one. */
  readonly boundLabel?: string | undefined;
  /** Writes the samples of one point, which share a line; absent if each has its own. */
  readonly writePoint?: ((samples: readonly Sample[]) => string) | undefined;
}

/** A family in blocks as a format has it, as long as all its series obey a rule. */
export interface LineBlocks {
  /** What is written of the family itself. */
  readonly head: LineFamily;
  /** The series. */
  readonly family: BlockFamily;
  /** Tells whether the values of one series are allowed; absent if all are. */
  readonly isValid?: ((values: Float64Array) => boolean) | undefined;
}

/** A format that consists of lines. */
export interface LineFormat {
  /** The last line. */
  readonly end: string;
  /** Whether anything follows the values of samples that have exemplars. */
  readonly hasExemplars: boolean;
  /** The families that must do without their type because of others. */
  findNameConflicts(families: readonly Family[]): ReadonlySet<Family>;
  /** What the format has for a family. */
  convert(
    family: Family,
    hasNameConflict: boolean,
  ): readonly LineFamily[] | Promise<readonly LineFamily[]>;
  /** What the format has for a family in blocks; undefined if it cannot be one family. */
  convertBlocks(family: BlockFamily, hasNameConflict: boolean): LineBlocks | undefined;
  /** The samples that stand for those of one series in blocks, as many for each, those without a part of their own last. */
  expand(samples: readonly Sample[], family: LineFamily): readonly Sample[];
  /** The lines that begin a family. */
  header(family: LineFamily): string;
  /** The labels of a sample, names and values in turn. */
  labels(sample: Sample, family: LineFamily): readonly string[];
  /** What follows the value of a sample on its line. */
  after(sample: Sample, family: LineFamily): string;
}
