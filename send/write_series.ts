/**
 * Series with one sample each, as Remote-Write sends them.
 *
 * @module
 */

import { type Family, PARTS } from "../model/family.ts";
import { sampleBatches } from "../model/points.ts";
import type { NativeHistogram, Sample, SampleExemplar } from "../model/sample.ts";

/** A native histogram with its count and its sum. */
export interface WriteHistogram extends NativeHistogram {
  readonly count: number;
  readonly sum: number;
}

/** One sample of a series. */
export interface WriteSeries {
  /** Alternating label names and values, sorted by name, with `__name__`. */
  readonly labels: readonly string[];
  /** The family, for metadata. */
  readonly family: Pick<Family, "name" | "type" | "help" | "unit">;
  /** The value; undefined for a staleness marker. */
  readonly value: number | WriteHistogram | undefined;
  /** In milliseconds since the epoch. */
  readonly timestamp: number;
  /** When the series was created, in milliseconds since the epoch, if known. */
  readonly created?: number | undefined;
  /** Those that have a timestamp, by time. */
  readonly exemplars: readonly SampleExemplar[];
}

/**
 * Returns the series of a family. A histogram with native buckets is one series, without its classic buckets, as Prometheus scrapes
 * it by default.
 *
 * @param now The timestamp of samples that have none, in milliseconds since the epoch.
 */
export function* seriesOf(
  family: Family,
  external: Iterable<readonly [name: string, value: string]>,
  now: number,
): Generator<WriteSeries> {
  const { name, type, help, unit } = family;
  const metadata = { name, type, help, unit };
  const parts = PARTS[type];
  for (const batch of sampleBatches(family)) {
    const count = parts && batch.find((sample) => sample.name === name + parts.totals[1]);
    const native = count?.details?.native;
    if (parts === undefined || native === undefined) {
      const created = count?.details?.created;
      for (const sample of batch) {
        yield {
          labels: labelsOf(sample.name, sample.labels, external),
          family: metadata,
          value: sample.value,
          timestamp: sample.timestamp ?? now,
          created: sample.details?.created ?? created,
          exemplars: exemplarsOf([sample]),
        };
      }
      continue;
    }
    const sum = batch.find((sample) => sample.name === name + parts.totals[0])?.value ?? NaN;
    yield {
      labels: labelsOf(name, count!.labels, external),
      family: metadata,
      value: { ...native, count: count!.value, sum },
      timestamp: count!.timestamp ?? now,
      created: count!.details?.created,
      exemplars: exemplarsOf(batch),
    };
  }
}

/** Receivers ignore or refuse exemplars without a timestamp. */
function exemplarsOf(samples: readonly Sample[]): SampleExemplar[] {
  return samples
    .flatMap(({ exemplar }) => exemplar?.timestamp === undefined ? [] : [exemplar])
    .sort((a, b) => a.timestamp! - b.timestamp!);
}

function labelsOf(
  name: string,
  own: readonly string[],
  external: Iterable<readonly [name: string, value: string]>,
): readonly string[] {
  const labels = new Map<string, string>([...external]);
  for (let i = 0; i < own.length; i += 2) labels.set(own[i]!, own[i + 1]!);
  labels.set("__name__", name);
  return [...labels].sort(([a], [b]) => a < b ? -1 : 1).flat();
}
