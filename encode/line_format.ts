/**
 * The interface of formats that consist of lines: text, OpenMetrics 1.0 and OpenMetrics 2.0.
 *
 * A format converts families to what it can represent, and writes their headers, labels and line tails. `LineEncoder` does the
 * rest, which is the same for all of them.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import type { SeriesView } from "../series/view.ts";

/** A family converted to a format. It may be a part of a family that the format cannot represent. */
export interface LineFamily extends Family {
  /** The label whose values are written as canonical numbers, if any. */
  readonly boundLabel?: string | undefined;
  /** Writes the line that the samples of one point share. Absent if each sample has its own line. */
  readonly writePoint?: ((samples: readonly Sample[]) => string) | undefined;
}

/** A view of series in blocks, converted to a format. It only holds while the values of all series are valid. */
export interface LineView {
  /** The converted family, without samples. */
  readonly metadata: LineFamily;
  /** The original view. */
  readonly view: SeriesView;
  /** Returns whether the values of one series are valid. Absent if all values are. */
  readonly isValid?: ((values: Float64Array) => boolean) | undefined;
}

/** A format that consists of lines. */
export interface LineFormat {
  /** The last line. */
  readonly end: string;
  /** Whether exemplars are exposed. */
  readonly hasExemplars: boolean;
  /** Returns the families that lose their type because its names conflict with those of other families. */
  findNameConflicts(families: readonly Family[]): ReadonlySet<Family>;
  /** Converts a family to one or more families that the format can represent. */
  convert(
    family: Family,
    hasNameConflict: boolean,
  ): readonly LineFamily[] | Promise<readonly LineFamily[]>;
  /** Converts a view of series in blocks. Returns undefined if the format cannot represent it as one family. */
  convertView(view: SeriesView, hasNameConflict: boolean): LineView | undefined;
  /**
   * Returns the samples to write for one series in a block: those given, followed by others such as `_created`. Their number must
   * be the same for all series of a family.
   */
  exposedSamples(samples: readonly Sample[], family: LineFamily): readonly Sample[];
  /** Returns the lines at the beginning of a family. */
  header(family: LineFamily): string;
  /** Returns the alternating label names and values of a sample. */
  labels(sample: Sample, family: LineFamily): readonly string[];
  /** Returns the tail of a sample's line: everything after the value. */
  tail(sample: Sample, family: LineFamily): string;
}
