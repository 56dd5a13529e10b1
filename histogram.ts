/**
 * Histograms: how values are distributed, such as the time that requests take or the size of their answers.
 *
 * ```ts
 * import { Histogram } from "@exporter/prometheus";
 *
 * const seconds = new Histogram("request_duration_seconds", "How long requests take.", {
 *   labels: ["method"],
 *   buckets: [0.1, 0.5, 1],
 * });
 * seconds.labels("GET").observe(0.2);
 * await seconds.labels("GET").time(() => Promise.resolve("done"));
 *
 * const sizes = new Histogram("response_size_bytes", "How large answers are.", {
 *   native: { growthFactor: 1.1 },
 * });
 * sizes.observe(512);
 * ```
 *
 * @module
 */

import { checkBuckets, DEFAULT_BUCKETS } from "./buckets.ts";
import { formatValue } from "./escape.ts";
import { exemplarNow } from "./exemplar.ts";
import { Instrument, type InstrumentOptions } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import type { LabelsInit } from "./labels.ts";
import { NativeCounts } from "./native_histogram.ts";
import { type NativeConfig, type NativeOptions, resolveNative } from "./native_options.ts";
import { observeError, ObserverChild } from "./observer.ts";
import type { NativeHistogram, SampleExemplar } from "./sample.ts";
import type { Timer } from "./timer.ts";

/** Options of {@linkcode Histogram}. */
export interface HistogramOptions<S extends LabelSpec = LabelSpec> extends InstrumentOptions<S> {
  /**
   * The upper bounds of the buckets, rising; a value counts where it is less than or equal. There is always one more for all
   * values.
   *
   * @default {[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]}, or with `native` none but the one for all values
   */
  buckets?: readonly number[];
  /**
   * Makes it a native histogram, with exponential buckets that need not be known before; `{}` for what is the default of each
   * option. Only protobuf, and OpenMetrics 2.0 where it is allowed, have native histograms: other formats have the
   * `buckets`, which are counted beside it.
   *
   * @default none
   */
  native?: NativeOptions;
}

/** A histogram for one combination of label values. */
export class HistogramChild extends ObserverChild {
  readonly #bounds: readonly number[];
  /** How many values each bucket has that the ones before it do not have. */
  readonly #counts: Float64Array;
  #sum = 0;
  /** The last exemplar of each bucket, as soon as there is any. */
  #exemplars: (SampleExemplar | undefined)[] | undefined;
  readonly #native: NativeCounts | undefined;

  /** Starts empty, with these upper bounds, and with what counts the same values if it is native. */
  constructor(bounds: readonly number[], native?: NativeCounts) {
    super();
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
    this.#native = native;
  }

  /** The sum of all values. */
  get sum(): number {
    return this.#sum;
  }

  /** How many values there were. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * Takes in a value. NaN counts in the last bucket only, and makes the sum NaN. A native histogram may begin anew with it, as its
   * options tell.
   *
   * @param exemplar Labels that say where to look this value up, such as a trace ID; the last ones of each bucket are exposed by
   *   formats that have exemplars. Names and values have 128 characters together at the most.
   *   Labels that cannot be those of an exemplar do not count.
   * @throws {TypeError} If it is not a number.
   */
  override observe(value: number, exemplar?: LabelsInit): void {
    if (typeof value !== "number") {
      throw observeError(`histogram "${this.block.layout.name}"`, value);
    }
    if (this.#native?.observe(value)) this.#beginAnew(this.#native.created);
    const bounds = this.#bounds;
    let i = 0;
    while (i < bounds.length && !(value <= bounds[i]!)) i++;
    if (exemplar !== undefined) {
      this.#exemplars ??= [];
      this.#exemplars[i] = exemplarNow(exemplar, value) ?? this.#exemplars[i];
    }
    this.#counts[i]!++;
    this.#sum += value;
    if (!this.isMarked) this.mark();
  }

  /** Writes the counts of the buckets, each with those before it, then the sum and the count. */
  override read(into: Float64Array, at: number): void {
    const counts = this.#counts;
    let count = 0;
    for (let i = 0; i < counts.length; i++) into[at + i] = count += counts[i]!;
    into[at + counts.length] = this.#sum;
    into[at + counts.length + 1] = count;
  }

  /** The last exemplar of a bucket. */
  override exemplar(part: number): SampleExemplar | undefined {
    return this.#exemplars?.[part];
  }

  /** What it is in formats that have native histograms, if it is one. */
  override native(): NativeHistogram | undefined {
    return this.#native?.snapshot();
  }

  /** Forgets all values, so that it has the same ones as the native histogram. */
  #beginAnew(created: number): void {
    this.#counts.fill(0);
    this.#sum = 0;
    this.#exemplars = undefined;
    this.restart(created);
  }
}

/**
 * A metric that counts values in buckets, from which Prometheus computes quantiles over any time and any number of programs.
 *
 * Its buckets are those that are given, exponential ones that come as values need them, or both: see {@linkcode HistogramOptions}.
 *
 * @typeParam S The labels. `le` is the histogram's own.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#histogram}
 */
export class Histogram<const S extends LabelSpec = readonly []>
  extends Instrument<S, HistogramChild> {
  /** The upper bounds of its buckets, without the one for everything. */
  readonly buckets: readonly number[];
  readonly #native: NativeConfig | undefined;

  /**
   * Makes a histogram. Without labels it is exposed with counts of 0 from the start.
   *
   * @throws {TypeError} If an argument is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name, a label cannot be one, the buckets do not rise, or an option of a
   *   native histogram is out of its range.
   */
  constructor(name: string, help: string, options: HistogramOptions<S> = {}) {
    super("histogram", name, help, options, { options: ["buckets", "native"], labels: ["le"] });
    const { native, buckets = native === undefined ? DEFAULT_BUCKETS : [] } = options;
    this.buckets = checkBuckets(`histogram "${name}"`, buckets);
    this.#native = native === undefined
      ? undefined
      : resolveNative(`Cannot create histogram "${name}"`, native);
    this.begin({
      parts: [
        ...[...this.buckets, Infinity].map((bound) => ({
          suffix: "_bucket",
          label: ["le", formatValue(bound)] as const,
        })),
        { suffix: "_sum" },
        { suffix: "_count" },
      ],
      createdPart: this.buckets.length + 2,
    });
  }

  /** {@linkcode HistogramChild.observe} of a histogram without labels. */
  observe(this: Histogram<readonly []>, value: number, exemplar?: LabelsInit): void {
    this.only.observe(value, exemplar);
  }

  /** {@linkcode HistogramChild.startTimer} of a histogram without labels. */
  startTimer(this: Histogram<readonly []>): Timer {
    return this.only.startTimer();
  }

  /** {@linkcode HistogramChild.time} of a histogram without labels. */
  time<T>(this: Histogram<readonly []>, fn: () => T): T {
    return this.only.time(fn);
  }

  /** Everything that it was made with, in a text. */
  protected override describe(): string {
    return `${super.describe()} ${this.buckets} ${JSON.stringify(this.#native)}`;
  }

  /** Creates a child. */
  protected override createChild(): HistogramChild {
    return new HistogramChild(this.buckets, this.#native && new NativeCounts(this.#native));
  }
}
