/**
 * The options of native histograms.
 *
 * @module
 */

import { COARSEST_SCHEMA, FINEST_SCHEMA } from "./bucket_index.ts";
import { describe } from "../model/describe.ts";
import { checkNames, checkOption } from "../model/options.ts";

/** Options of a native histogram. */
export interface NativeOptions {
  /**
   * How many times as far as the one before each bucket may reach, above 1. It does so by the largest of 65536, 256, 16, 4, 2,
   * 2^(1/2), 2^(1/4) and so on that is not above it, or else by the smallest, 2^(1/256), which is about 1.0027.
   *
   * @default {1.1}
   */
  growthFactor?: number;
  /**
   * What is no farther from 0 counts as 0; from 0, and at best a bound of buckets such as a power of 2.
   *
   * @default {2 ** -128}
   */
  zeroThreshold?: number;
  /**
   * How many buckets may have counts, 1 or more, those below 0 included. When there are more, everything is counted anew if
   * `minResetInterval` allows it; otherwise those next to 0 count as 0 as far as `maxZeroThreshold` allows it; after that every
   * two buckets become one, again and again. The widest buckets there are stay as they are. With `Infinity`, whoever chooses
   * the values also chooses how much memory they take.
   *
   * @default {160}
   */
  maxBuckets?: number;
  /**
   * Seconds from 0 after which counting may begin anew in favour of narrower buckets, counted from when it last did; 0: never.
   *
   * @default {0}
   */
  minResetInterval?: number;
  /**
   * How far `zeroThreshold` may be raised when there are too many buckets, from 0.
   *
   * @default {0}
   */
  maxZeroThreshold?: number;
}

/** Options of a native histogram that were checked and completed. */
export interface NativeConfig extends Readonly<Required<Omit<NativeOptions, "growthFactor">>> {
  /** The resolution to begin with, from -4 to 8. */
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
 * Checks options and completes them.
 *
 * @param action What fails, such as `Cannot create histogram "x"`.
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If one is out of its range.
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
