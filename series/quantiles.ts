/**
 * Quantiles of the values of the last minutes, in bounded memory at any rate.
 *
 * ```ts
 * import { resolveQuantiles, SlidingQuantiles } from "./quantiles.ts";
 *
 * const config = resolveQuantiles('Cannot create summary "x"', { quantiles: [0.5, 0.99] });
 * const quantiles = new SlidingQuantiles(config);
 * for (let value = 1; value <= 1000; value++) quantiles.observe(value);
 * const [median, high] = quantiles.values(); // within 0.55 % of 500 and 990
 * console.log(median, high);
 * ```
 *
 * @module
 */

import { checkOption } from "../model/options.ts";
import { Sketch } from "./sketch.ts";

/** Which quantiles of which values. */
export interface QuantilesConfig {
  /** The quantiles, in increasing order. */
  readonly quantiles: readonly number[];
  /** The length of the window, in seconds. */
  readonly window: number;
  /** The number of parts in which values leave the window. */
  readonly windowParts: number;
}

/**
 * Checks options and completes them.
 *
 * @param action What fails, such as `Cannot create summary "x"`.
 * @throws {TypeError} If an option is of the wrong kind.
 * @throws {RangeError} If one is out of its range, or the quantiles do not rise.
 */
export function resolveQuantiles(
  action: string,
  options: Partial<QuantilesConfig>,
): QuantilesConfig {
  const { quantiles = [], window = 600, windowParts = 5 } = options;
  checkOption(action, ["window", window], "number", "finite seconds above 0", isDuration);
  checkOption(action, ["windowParts", windowParts], "number", "an integer of 1 or more", isCount);
  return { quantiles: checkQuantiles(action, quantiles), window, windowParts };
}

/** The quantiles of a summary for one combination of label values. */
export class SlidingQuantiles {
  readonly #config: QuantilesConfig;
  readonly #now: () => number;
  /** What each part of the window has, the latest one first. */
  readonly #parts: Sketch[];
  /** What all parts have, so that reading it does not mean merging them. */
  #window = new Sketch();
  /** When the latest part began. */
  #since: number;
  #drops = 0;

  /**
   * Starts empty.
   *
   * @param now The clock, in seconds. It is read for each value, and the default takes half as long as `performance.now()`;
   *   when it is set back, values stay for longer by no more than the length of a part.
   */
  constructor(config: QuantilesConfig, now: () => number = () => Date.now() / 1000) {
    this.#config = config;
    this.#now = now;
    this.#parts = Array.from({ length: config.windowParts }, () => new Sketch());
    this.#since = now();
  }

  /** Takes in a value. NaN does not count. */
  observe(value: number): void {
    if (Number.isNaN(value)) return;
    this.#advance();
    this.#parts[0]!.add(value);
    this.#window.add(value);
  }

  /** How often values were dropped until now, by which quantiles change without new values. */
  get drops(): number {
    this.#advance();
    return this.#drops;
  }

  /**
   * The quantiles in their order: of the ranked values the one at this share of their number, rounded up, with the error of a
   * {@linkcode Sketch}. Each is NaN if there are no values.
   */
  values(): number[] {
    this.#advance();
    return this.#config.quantiles.map((quantile) => this.#window.quantile(quantile));
  }

  /** Drops the parts that are too old. */
  #advance(): void {
    const { window, windowParts } = this.#config;
    const now = this.#now();
    const elapsed = now - this.#since;
    const length = window / windowParts;
    if (elapsed >= 0 && elapsed < length) return;
    if (elapsed < 0) {
      this.#since = now;
      return;
    }
    const passed = Math.floor(elapsed / length);
    this.#since += passed * length;
    let dropped = 0;
    for (let i = 0; i < Math.min(passed, windowParts); i++) {
      dropped += this.#parts.pop()!.count;
      this.#parts.unshift(new Sketch());
    }
    if (dropped === 0) return;
    this.#drops++;
    this.#window = new Sketch();
    for (const part of this.#parts) this.#window.merge(part);
  }
}

function checkQuantiles(action: string, quantiles: readonly number[]): readonly number[] {
  if (!Array.isArray(quantiles) || quantiles.some((quantile) => typeof quantile !== "number")) {
    throw new TypeError(`${action}: expected a list of numbers as quantiles`);
  }
  for (const [i, quantile] of quantiles.entries()) {
    if (quantile >= 0 && quantile <= 1 && (i === 0 || quantile > quantiles[i - 1]!)) continue;
    throw new RangeError(
      `${action}: expected quantiles from 0 to 1 that rise, got ${quantiles.join(", ")}`,
    );
  }
  return quantiles.slice();
}

function isDuration(seconds: number): boolean {
  return seconds > 0 && seconds < Infinity;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
