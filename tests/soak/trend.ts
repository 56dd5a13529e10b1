/**
 * Whether a figure that was recorded over a time rises.
 *
 * @module
 */

import { median } from "../../benches/compare/statistics.ts";

/** A value at a time in seconds. */
export type Point = readonly [time: number, value: number];

/** What is known about the course of a figure. */
export interface Trend {
  /** The slope, in units per second. */
  readonly slope: number;
  /** The slope that would still count as flat, in units per second. */
  readonly allowance: number;
  /** What the course is taken for. */
  readonly verdict: "flat" | "levels off" | "rises";
}

/** The number of windows. Each has to be long enough for the garbage to have been collected once, so there are not many. */
export const WINDOWS = 12;

/** The quantile of the normal distribution for one rise in a hundred that chance alone would explain. */
const Z = 2.326;

/**
 * Returns the lowest point of each of several windows with the same number of points: what is left when garbage, short bursts and
 * requests in flight are gone.
 *
 * @throws {RangeError} If there are fewer points than windows.
 */
export function lowerEnvelope(points: readonly Point[], windows: number = WINDOWS): Point[] {
  if (points.length < windows) {
    throw new RangeError(
      `Cannot take lower envelope: expected ${windows} points or more, got ${points.length}`,
    );
  }
  return Array.from({ length: windows }, (_, i) => {
    const [start, end] = [i, i + 1].map((edge) => Math.floor(edge * points.length / windows));
    return points.slice(start, end).reduce((low, point) => point[1] < low[1] ? point : low);
  });
}

/**
 * Returns the slope by Theil and Sen, which is the median of the slopes between all pairs of points, and the lower bound of its
 * confidence interval by Sen: of N slopes in order, the one at (N − z·σ) / 2, where σ² = n(n − 1)(2n + 5) / 18 is the variance of
 * Kendall's S for n points. That depends on no distribution, and up to a quarter of the points can be anything.
 *
 * @throws {RangeError} If there are fewer than two points at different times.
 * @see {@link https://doi.org/10.1080/01621459.1968.10480934}
 */
export function theilSen(points: readonly Point[]): { slope: number; lowerBound: number } {
  const slopes = points.flatMap(([time, value], i) =>
    points.slice(i + 1)
      .filter(([other]) => other !== time)
      .map(([later, next]) => (next - value) / (later - time))
  ).sort((a, b) => a - b);
  if (slopes.length === 0) throw new RangeError("Cannot take slope: no two points differ in time");
  const n = points.length;
  const deviation = Math.sqrt(n * (n - 1) * (2 * n + 5) / 18);
  const rank = Math.max(1, Math.floor((slopes.length - Z * deviation) / 2));
  return { slope: median(slopes), lowerBound: slopes[rank - 1]! };
}

/**
 * Judges whether a figure rises. It is flat if its lower envelope rises by no more than an allowance. That is the sum of
 *
 * - the noise: the distance from the slope to the lower bound of its confidence interval, which no more than one flat series in a
 *   hundred exceeds;
 * - the resolution: a rise within the time of the points that means nothing, however certain it is.
 *
 * A figure that only approaches its level, such as a heap that V8 lets grow to the size at which it works best, rises in the first
 * half and levels off: it is flat in the second half alone. A leak goes on.
 *
 * @param resolution In the unit of the figure.
 * @throws {RangeError} If there are fewer points than two for each window.
 */
export function judge(points: readonly Point[], resolution: number): Trend {
  const whole = slopeOf(lowerEnvelope(points), resolution);
  const half = slopeOf(lowerEnvelope(points.slice(points.length >> 1)), resolution / 2);
  const levelsOff = half.slope <= half.allowance;
  const isFlat = whole.slope <= whole.allowance;
  return { ...whole, verdict: isFlat ? "flat" : levelsOff ? "levels off" : "rises" };
}

function slopeOf(envelope: readonly Point[], resolution: number): Omit<Trend, "verdict"> {
  const { slope, lowerBound } = theilSen(envelope);
  const duration = envelope.at(-1)![0] - envelope[0]![0];
  return { slope, allowance: slope - lowerBound + resolution / duration };
}
