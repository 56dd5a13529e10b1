/**
 * Series in rows, as encoders read them: those of instruments, and those that collectors return.
 *
 * @module
 */

import type { Sample, SampleExemplar } from "../model/sample.ts";

/** One of the samples of a series, such as a bucket or the sum of a histogram. */
export interface SeriesPart {
  /** The suffix of the sample's name. */
  readonly suffix: string;
  /** The label that distinguishes it from the other parts, such as `le`. */
  readonly label?: readonly [name: string, value: string];
}

/** What all series of a family have in common. */
export interface SeriesLayout {
  /** The name of the family. */
  readonly name: string;
  /** The names of the labels. */
  readonly labelNames: readonly string[];
  /** The samples of each series, in the order of exposition. */
  readonly parts: readonly SeriesPart[];
  /** Whether the order of use is recorded, which makes counting a little slower. */
  readonly tracksUse?: boolean;
  /** The index of the part that carries the time of creation; absent for types without one. */
  readonly createdPart?: number;
  /** Whether a series is a mere number, which its block keeps. */
  readonly isNumber?: boolean;
  /** Whether values change as time passes, so that instruments have to look at the clock before they are read. */
  readonly isTimed?: boolean;
  /** Whether a collector returned the series, whose values may then break the rules of their type. */
  readonly isCollected?: boolean;
}

/** The maximum number of samples in a block, unless a single series has more. */
export const BLOCK_CAPACITY = 512;

/** Some of the series of a family, in rows. */
export interface Block {
  /** What all series have in common. */
  readonly layout: SeriesLayout;
  /** What encoders keep the bytes of these series under: the same object whenever the series were read before. */
  readonly identity: object;
  /** The number of series. */
  readonly rows: number;
  /** The number of samples. */
  readonly size: number;
  /** Differs when there are other rows, or rows with another time of creation. */
  readonly shape: number;
  /** Increases with each change of values. A block may also be older than what was read before. */
  readonly version: number;
  /** The version of the last change of each row. */
  readonly changedAt: Uint32Array;
  /** Whether {@linkcode Block.sync} would increase the version. */
  readonly isMarked: boolean;
  /** Brings the versions up to date. Call it before reading them. */
  sync(): void;
  /** Writes the current values of a row, one for each part. */
  read(row: number, into: Float64Array): void;
  /** Returns the exemplar of a part. */
  exemplar(row: number, part: number): SampleExemplar | undefined;
  /** Returns the value of a label in a row; empty if the series has no such label. */
  labelValue(row: number, label: number): string;
  /** Returns the current samples of a row, part by part. */
  samplesOf(row: number): Sample[];
}
