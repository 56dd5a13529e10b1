/**
 * The options of native histograms.
 *
 * @module
 */

import { COARSEST_SCHEMA, FINEST_SCHEMA } from "./bucket_index.ts";
import { describe } from "../model/describe.ts";
import { checkNames, checkOption } from "../model/options.ts";

/**
 * Options of a native histogram.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/}
 */
export interface NativeOptions {
  /**
   * Upper limit for the ratio between neighboring bucket bounds, above 1. The ratio is the largest of 65536, 256, 16, 4, 2, 2^(1/2),
   * 2^(1/4) … 2^(1/256) that does not exceed it, and at least 2^(1/256), which is about 1.0027.
   *
   * @default {1.1}
   */
  growthFactor?: number;
  /**
   * Values with at most this absolute value are counted in the zero bucket. 0 or more; a power of 2 fits the bucket bounds best.
   *
   * @default {2 ** -128}
   */
  zeroThreshold?: number;
  /**
   * Maximum number of populated buckets, 1 or more, including negative ones. Beyond it, the histogram resets if `minResetInterval`
   * allows that; otherwise it widens the zero bucket up to `maxZeroThreshold`, and then merges neighboring buckets, down to the
   * coarsest resolution. With `Infinity`, the observed values decide how much memory it takes.
   *
   * @default {160}
   */
  maxBuckets?: number;
  /**
   * Minimum number of seconds between two resets, which make narrower buckets possible again; 0 for no resets.
   *
   * @default {0}
   */
  minResetInterval?: number;
  /**
   * Upper limit to which `zeroThreshold` may grow when there are too many buckets, 0 or more.
   *
   * @default {0}
   */
  maxZeroThreshold?: number;
}

/** The checked options of a native histogram, with defaults. */
export interface NativeConfig extends Readonly<Required<Omit<NativeOptions, "growthFactor">>> {
  /** The initial resolution, from -4 to 8. */
  readonly schema: number;
}

const OPTIONS: readonly (keyof NativeOptions)[] = [
  "growthFactor",
  "zeroThreshold",
  "maxBuckets",
  "minResetInterval",
  "maxZeroThreshold",
];

/**
 * Checks the options and adds defaults.
 *
 * @param action What fails, such as `Cannot create histogram "x"`.
 * @throws {TypeError} If an option is unknown or has the wrong type.
 * @throws {RangeError} If an option is out of range.
 */
export function resolveNative(action: string, options: NativeOptions): NativeConfig {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `${action}: expected options of a native histogram, got ${describe(options)}`,
    );
  }
  checkNames(action, options, OPTIONS);
  const check = (
    name: keyof NativeOptions,
    expected: string,
    isValid: (value: number) => boolean,
  ) => checkOption(action, [name, options[name]], "number", expected, isValid);
  check("growthFactor", "a number above 1", (factor) => factor > 1);
  check("zeroThreshold", "a finite number from 0", isThreshold);
  check("maxBuckets", "an integer of 1 or more", isCount);
  check("minResetInterval", "seconds from 0", (seconds) => seconds >= 0);
  check("maxZeroThreshold", "a finite number from 0", isThreshold);
  return {
    schema: pickSchema(options.growthFactor ?? 1.1),
    zeroThreshold: options.zeroThreshold ?? 2 ** -128,
    maxBuckets: options.maxBuckets ?? 160,
    minResetInterval: options.minResetInterval ?? 0,
    maxZeroThreshold: options.maxZeroThreshold ?? 0,
  };
}

function pickSchema(growthFactor: number): number {
  let schema = COARSEST_SCHEMA;
  while (schema < FINEST_SCHEMA && 2 ** 2 ** -schema > growthFactor) schema++;
  return schema;
}

function isThreshold(value: number): boolean {
  return value >= 0 && Number.isFinite(value);
}

function isCount(value: number): boolean {
  return value >= 1 && (Number.isInteger(value) || value === Infinity);
}
