/**
 * The rules of metric types for values, which are those of OpenMetrics. In the other formats, expositions that break them are valid,
 * but mean nothing.
 *
 * @module
 */

import { HistogramPoint } from "./openmetrics_buckets.ts";
import { OPENMETRICS_TYPES, type OpenMetricsType, type Part } from "./openmetrics_type.ts";
import type { Family } from "../model/family.ts";
import { formatValue, parseBound } from "../model/numbers.ts";
import { sampleBatches } from "../model/points.ts";
import type { Sample } from "../model/sample.ts";

/** A value that is impossible for the type of its family. */
export interface ImpossibleValue {
  /** The sample, or the first one of a histogram, summary or state set that is impossible as a whole. */
  readonly sample: Sample;
  /** A description, without a final period. */
  readonly problem: string;
}

/** Finds the impossible values of a family, whose samples must be in the order of `orderSamples()`. */
export function* impossibleValues(family: Family): Generator<ImpossibleValue> {
  const type = OPENMETRICS_TYPES.get(family.type);
  if (type === undefined) return;
  // The labels of an info do not tell its metrics apart, so all samples of the family may be of one metric.
  const batches = family.type === "info" ? [family.samples] : sampleBatches(family);
  for (const samples of batches) {
    const check = new PointCheck(family, type);
    for (const [sample, expected] of check.run(samples)) {
      const found = `${sample.series} ${formatValue(sample.value)}`;
      const problem =
        `its values are impossible for a ${family.type}: expected ${expected}, got ${found}`;
      yield { sample, problem };
    }
  }
}

/** Checks the samples of one histogram, summary or state set, or samples of another type. */
class PointCheck {
  readonly #name: string;
  readonly #parts: readonly Part[];
  readonly #isPoint: boolean;
  readonly #histogram: HistogramPoint | undefined;
  #quantile = -Infinity;

  constructor({ name, type }: Family, { parts, textSuffix }: OpenMetricsType) {
    this.#name = name.endsWith(textSuffix) ? name.slice(0, name.length - textSuffix.length) : name;
    this.#parts = parts;
    this.#isPoint = type === "info" || parts.some(({ label }) => label !== undefined);
    const hasBuckets = parts.some(({ label }) => label === "le");
    if (hasBuckets) this.#histogram = new HistogramPoint(name, type === "gaugehistogram");
  }

  /** Yields each sample with an impossible value, and the value that it should have. */
  *run(samples: readonly Sample[]): Generator<[sample: Sample, expected: string]> {
    const first = samples[0]!;
    let isPossible = true;
    for (const sample of samples) {
      const hasOtherTime = this.#isPoint && sample.timestamp !== first.timestamp;
      const expected = this.#check(sample) ??
        (hasOtherTime ? `the timestamp of ${first.series}` : undefined);
      if (expected === undefined) continue;
      isPossible = false;
      yield [sample, expected];
    }
    const expected = isPossible ? this.#histogram?.check() : undefined;
    if (expected !== undefined) yield [first, expected];
  }

  #check(sample: Sample): string | undefined {
    const { name, value } = sample;
    const part = this.#parts.find(({ suffix }) => name === this.#name + suffix) ?? this.#parts[0]!;
    if (!part.values.includes(value)) return part.values.name;
    if (part.label === "le") {
      return this.#histogram!.addBucket(parseBound(sample.label("le")!)!, value);
    }
    this.#histogram?.setTotal(part.suffix, value);
    return part.label === "quantile" ? this.#checkQuantile(sample) : undefined;
  }

  #checkQuantile(sample: Sample): string | undefined {
    const quantile = parseBound(sample.label("quantile")!)!;
    if (!(quantile >= 0 && quantile <= 1)) return "a quantile from 0 to 1";
    if (quantile <= this.#quantile) return `a quantile above ${this.#quantile}`;
    this.#quantile = quantile;
    return undefined;
  }
}
