/**
 * Info metrics: textual facts about a program or a device, such as its version, in labels.
 *
 * @module
 */

import { Instrument } from "./instrument.ts";
import { Child } from "./series/child.ts";
import type { LabelArguments, LabelSpec } from "./model/label_schema.ts";
import type { InstrumentOptions } from "./series/options.ts";
import { SeriesStore } from "./series/store.ts";

class InfoSeries extends Child {
  override read(into: Float64Array, at: number): void {
    into[at] = 1;
  }
}

/**
 * A metric whose content is in its labels and whose value is always 1. Queries join it to other metrics. Its name ends in `_info`.
 *
 * ```ts
 * import { Info } from "@exporter/prometheus";
 *
 * const build = new Info("build_info", "Version of the program.", { labels: ["version"] });
 * build.set({ version: "1.2.3" });
 * ```
 *
 * Like every {@linkcode Instrument}, it also has `labels()`, `remove()` and `clear()`.
 *
 * @typeParam S The labels.
 */
export class Info<const S extends LabelSpec = readonly []> extends Instrument<S, object> {
  readonly #series: SeriesStore<InfoSeries>;

  /**
   * Creates an info metric, which exposes nothing until it is set.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the name is not a metric name that ends in `_info`, or a label name is invalid.
   */
  constructor(name: string, help: string, options: InstrumentOptions<S> = {}) {
    const series = new SeriesStore<InfoSeries>({ type: "info" }, name, help, options);
    if (!series.name.endsWith("_info")) {
      throw new RangeError(`Cannot create info "${name}": expected a name that ends in "_info"`);
    }
    series.begin({
      parts: [{ suffix: "" }],
      createChild: (slots, slot) => new InfoSeries(slots, slot),
    });
    super(series);
    this.#series = series;
  }

  /**
   * Exposes these label values, in place of those that were set before.
   *
   * @throws {TypeError} If a value is missing or not a string, or there are too many.
   * @throws {RangeError} If a value is not one of the allowed values.
   */
  set(...args: LabelArguments<S>): void {
    this.#series.replaceAll(args);
  }

  /**
   * Does the same as {@linkcode Info.set}.
   *
   * @returns An object that stands for the series.
   * @throws {TypeError} If a value is missing or not a string, or there are too many.
   * @throws {RangeError} If a value is not one of the allowed values.
   */
  override labels(...args: LabelArguments<S>): object {
    return this.#series.replaceAll(args);
  }

  /** Exposes nothing until it is set again. */
  override clear(): void {
    this.#series.removeAll();
  }
}
