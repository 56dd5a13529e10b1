/**
 * Histograms: distributions of values, such as the duration of requests or the size of responses.
 *
 * @module
 */

import { checkBuckets, DEFAULT_BUCKETS } from "./buckets.ts";
import { exemplarNow } from "./exemplar.ts";
import { Instrument } from "./instrument.ts";
import type { LabelsInit } from "./labels.ts";
import { describe } from "./model/describe.ts";
import { formatValue } from "./model/numbers.ts";
import type { NativeHistogram, SampleExemplar } from "./model/sample.ts";
import { Child, type Slots } from "./series/child.ts";
import type { LabelSpec } from "./model/label_schema.ts";
import { NativeCounts } from "./series/native_counts.ts";
import { type NativeOptions, resolveNative } from "./series/native_options.ts";
import type { InstrumentOptions } from "./series/options.ts";
import { SeriesStore } from "./series/store.ts";
import { time, Timer } from "./timer.ts";

/** Options of {@linkcode Histogram}. */
export interface HistogramOptions<S extends LabelSpec = LabelSpec> extends InstrumentOptions<S> {
  /**
   * The upper bounds of the buckets, in increasing order. A bucket counts values less than or equal to its bound; a last bucket with
   * the bound `+Inf` is added.
   *
   * @default {[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]}, or with `native` only the bucket `+Inf`
   */
  buckets?: readonly number[];
  /**
   * Makes it a native histogram, which has exponential buckets that need no configuration; `{}` for the defaults of all options.
   * Only protobuf and OpenMetrics 2.0 can expose native histograms. Other formats expose `buckets`, which are counted as well.
   *
   * @default none
   */
  native?: NativeOptions;
}

/** A histogram for one combination of label values. */
export interface HistogramChild {
  /** The sum of all values. */
  readonly sum: number;
  /** The number of values. */
  readonly count: number;
  /**
   * Adds a value. NaN counts in the last bucket only, and makes the sum NaN. A native histogram may reset when it has too many
   * buckets, see {@linkcode NativeOptions}.
   *
   * @param exemplar Labels that say where to look this value up, such as a trace ID. Formats with exemplars expose the latest of each
   *   bucket. Names and values may have 128 characters in total; invalid labels are ignored.
   * @throws {TypeError} If the value is not a number.
   */
  observe(value: number, exemplar?: LabelsInit): void;
  /** Starts a timer that observes the elapsed seconds when it is stopped. */
  startTimer(): Timer;
  /**
   * Calls a function and observes its duration in seconds. For an async function, that is until its promise settles.
   *
   * @returns What the function returns.
   */
  time<T>(fn: () => T): T;
}

class HistogramSeries extends Child implements HistogramChild {
  readonly #bounds: readonly number[];
  /** How many values are in each bucket, without those of the buckets before it. */
  readonly #counts: Float64Array;
  #sum = 0;
  /** The latest exemplar of each bucket, once there is any. */
  #exemplars: (SampleExemplar | undefined)[] | undefined;
  readonly #native: NativeCounts | undefined;

  constructor(slots: Slots, slot: number, bounds: readonly number[], native?: NativeCounts) {
    super(slots, slot);
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
    this.#native = native;
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  observe(value: number, exemplar?: LabelsInit): void {
    if (typeof value !== "number") {
      throw new TypeError(
        `Cannot observe with histogram "${this.slots.layout.name}": expected a number, got ${
          describe(value)
        }`,
      );
    }
    this.mark();
    if (this.#native?.observe(value)) {
      this.#resetClassic();
      this.restart(this.#native.created);
    }
    const bounds = this.#bounds;
    let i = 0;
    while (i < bounds.length && !(value <= bounds[i]!)) i++;
    if (exemplar !== undefined) {
      this.#exemplars ??= [];
      this.#exemplars[i] = exemplarNow(exemplar, value) ?? this.#exemplars[i];
    }
    this.#counts[i]!++;
    this.#sum += value;
  }

  startTimer(): Timer {
    return new Timer((seconds) => this.observe(seconds));
  }

  time<T>(fn: () => T): T {
    return time(fn, (seconds) => this.observe(seconds));
  }

  /** Writes the cumulative counts of the buckets, then the sum and the count. */
  override read(into: Float64Array, at: number): void {
    const counts = this.#counts;
    let count = 0;
    for (let i = 0; i < counts.length; i++) into[at + i] = count += counts[i]!;
    into[at + counts.length] = this.#sum;
    into[at + counts.length + 1] = count;
  }

  override exemplar(part: number): SampleExemplar | undefined {
    return this.#exemplars?.[part];
  }

  override native(): NativeHistogram | undefined {
    return this.#native?.snapshot();
  }

  override reset(): void {
    this.#native?.reset();
    this.#resetClassic();
  }

  /** Forgets all values when the native histogram does, so that both count the same. */
  #resetClassic(): void {
    this.#counts.fill(0);
    this.#sum = 0;
    this.#exemplars = undefined;
  }
}

/**
 * A metric that counts values in buckets. Prometheus calculates quantiles from them, over any range of time and any number of
 * instances.
 *
 * The buckets are fixed, exponential (a native histogram), or both; see {@linkcode HistogramOptions}.
 *
 * ```ts
 * import { Histogram } from "@exporter/prometheus";
 *
 * const duration = new Histogram("request_duration_seconds", "Duration of requests.", {
 *   labels: ["method"],
 *   buckets: [0.1, 0.5, 1],
 * });
 * duration.labels("GET").observe(0.2);
 * await duration.labels("GET").time(() => Promise.resolve("done"));
 *
 * const size = new Histogram("response_size_bytes", "Size of responses.", {
 *   native: { growthFactor: 1.1 },
 * });
 * size.observe(512);
 * ```
 *
 * Like every {@linkcode Instrument}, it has `labels()`, which returns a {@linkcode HistogramChild}, `remove()` and `clear()`.
 *
 * @typeParam S The labels. `le` is reserved.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#histogram}
 */
export class Histogram<const S extends LabelSpec = readonly []>
  extends Instrument<S, HistogramChild> {
  readonly #series: SeriesStore<HistogramSeries>;
  /** The upper bounds of the buckets, without `+Inf`. */
  readonly buckets: readonly number[];

  /**
   * Creates a histogram. Without labels, it is exposed with counts of 0 from the start.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the name is not a metric name, a label name is invalid, the buckets are not in increasing order, or an
   *   option of a native histogram is out of range.
   */
  constructor(name: string, help: string, options: HistogramOptions<S> = {}) {
    const series = new SeriesStore<HistogramSeries>(
      { type: "histogram", options: ["buckets", "native"], reservedLabels: ["le"] },
      name,
      help,
      options,
    );
    const { native, buckets = native === undefined ? DEFAULT_BUCKETS : [] } = options;
    const bounds = checkBuckets(series.owner, buckets);
    const nativeConfig = native === undefined
      ? undefined
      : resolveNative(`Cannot create ${series.owner}`, native);
    series.begin({
      parts: [
        ...[...bounds, Infinity].map((bound) => ({
          suffix: "_bucket",
          label: ["le", formatValue(bound)] as const,
        })),
        { suffix: "_sum" },
        { suffix: "_count" },
      ],
      createdPart: bounds.length + 2,
      settings: [bounds, nativeConfig],
      createChild: (slots, slot) =>
        new HistogramSeries(slots, slot, bounds, nativeConfig && new NativeCounts(nativeConfig)),
    });
    super(series);
    this.#series = series;
    this.buckets = bounds;
  }

  /**
   * Adds a value to a histogram without labels, see {@linkcode HistogramChild.observe}.
   *
   * @throws {TypeError} If the value is not a number, or the histogram has labels.
   */
  observe(this: Histogram<readonly []>, value: number, exemplar?: LabelsInit): void {
    this.#series.only.observe(value, exemplar);
  }

  /** Starts a timer for a histogram without labels, see {@linkcode HistogramChild.startTimer}. */
  startTimer(this: Histogram<readonly []>): Timer {
    return this.#series.only.startTimer();
  }

  /** Observes the duration of a call in a histogram without labels, see {@linkcode HistogramChild.time}. */
  time<T>(this: Histogram<readonly []>, fn: () => T): T {
    return this.#series.only.time(fn);
  }
}
