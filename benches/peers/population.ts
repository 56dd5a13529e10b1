/**
 * The metrics of a workload in a JavaScript library.
 *
 * @module
 */

import { extra, selected, type Selection, type Workload } from "../compare/workload.ts";
import type { LabelValues, Library } from "./library.ts";

/** Metrics that can be changed. */
export class Population {
  readonly #workload: Workload;
  readonly #change: ChangeSeries[][];
  #changes = 0;

  /** Creates the metrics with their initial values. */
  constructor(library: Library, workload: Workload) {
    this.#workload = workload;
    this.#change = MAKERS[workload.kind](library, workload);
  }

  /** Changes a part of the series. */
  change(selection: Selection): void {
    const n = ++this.#changes;
    for (const [f, i] of selected(this.#workload, selection)) {
      this.#change[f]![i]!(n, extra(selection, i));
    }
  }
}

/** Applies the n-th change to a series, with an extra amount if it is a counter. */
type ChangeSeries = (n: number, extra: number) => void;

/** Creates metrics, and returns a function for each series that changes it. */
type Maker = (library: Library, workload: Workload) => ChangeSeries[][];

const MAKERS: Readonly<Record<Workload["kind"], Maker>> = {
  counter(library, { labels, families, series }) {
    const labelSets = nameValues(labels, series);
    return families.map(({ name, help, offset, step }) => {
      const child = library.counter(name, help, labels);
      return series.map(({ start }, i) => {
        const counter = child(labelSets[i]!);
        counter.inc(start + offset);
        return (_, extra) => counter.inc(step + extra);
      });
    });
  },

  histogram(library, { labels, families, series, buckets, observations }) {
    const labelSets = nameValues(labels, series);
    return families.map(({ name, help }) => {
      const child = library.histogram(name, help, labels, buckets);
      return series.map((_, i) => {
        const histogram = child(labelSets[i]!);
        const observe = (n: number) =>
          histogram.observe(observations[(i + n) % observations.length]!);
        observe(0);
        return observe;
      });
    });
  },

  fresh: collect,
  declared: collect,
};

function collect(library: Library, workload: Workload): ChangeSeries[][] {
  const { families, series } = workload;
  const values = families.map(({ offset }) =>
    Float64Array.from(series, ({ start }) => start + offset)
  );
  library.collect?.(workload, (f, i) => values[f]![i]!);
  return families.map(({ step }, f) =>
    series.map((_, i) => (_change, extra) => void (values[f]![i]! += step + extra))
  );
}

/** Returns an object with label values for each combination. */
export function nameValues(
  labels: readonly string[],
  series: Workload["series"],
): LabelValues[] {
  return series.map(({ values }) =>
    Object.fromEntries(labels.map((name, l) => [name, values[l]!]))
  );
}
