/**
 * Quantiles over a sliding time window, in bounded memory at any rate of values.
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
 * Checks the options and adds defaults.
 *
 * @param action What fails, such as `Cannot create summary "x"`.
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option is out of range, or the quantiles are not in increasing order.
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
  /** The values of each part of the window, the latest part first. */
  readonly #parts: Sketch[];
  /** The values of all parts, so that a read need not merge them. */
  #window = new Sketch();
  /** The start of the latest part. */
  #since: number;
  #drops = 0;

  /**
   * Starts empty.
   *
   * @param now The clock, in seconds. It is read for each value, and the default takes half as long as `performance.now()`. When
   *   it is set back, values stay longer by at most the length of a part.
   */
  constructor(config: QuantilesConfig, now: () => number = () => Date.now() / 1000) {
    this.#config = config;
    this.#now = now;
    this.#parts = Array.from({ length: config.windowParts }, () => new Sketch());
    this.#since = now();
  }

  /** Adds a value. NaN is ignored. */
  observe(value: number): void {
    if (Number.isNaN(value)) return;
    this.#advance();
    this.#parts[0]!.add(value);
    this.#window.add(value);
  }

  /** How often values have left the window so far, each time changing the quantiles. */
  get drops(): number {
    this.#advance();
    return this.#drops;
  }

  /**
   * Returns the quantiles in their order, by the nearest-rank method with the error of a {@linkcode Sketch}. Each is NaN if there
   * are no values.
   */
  values(): number[] {
    this.#advance();
    return this.#config.quantiles.map((quantile) => this.#window.quantile(quantile));
  }

  /** Drops parts that have left the window. */
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
      `${action}: expected quantiles from 0 to 1 in increasing order, got ${quantiles.join(", ")}`,
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
