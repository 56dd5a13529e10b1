/**
 * The series that somebody may have meant.
 *
 * @module
 */

import type { Sample } from "./sample.ts";
import { suggest } from "./suggest.ts";

/** Returns whether two samples are of the same series, with their labels in any order. */
export function haveSameSeries(a: Sample, b: Sample): boolean {
  return a.name === b.name && countDifferences(a, b) === 0;
}

/**
 * Returns the sample whose series is most similar to a wanted one that does not exist: of the same name, or else of a similar one,
 * and with the fewest labels that differ. Undefined if no name is similar.
 */
export function nearestSeries(wanted: Sample, samples: readonly Sample[]): Sample | undefined {
  const name = samples.some(({ name }) => name === wanted.name)
    ? wanted.name
    : suggest(wanted.name, new Set(samples.map(({ name }) => name)));
  const candidates = samples.filter((sample) => sample.name === name)
    .map((sample) => ({ sample, differences: countDifferences(wanted, sample) }));
  const least = Math.min(...candidates.map(({ differences }) => differences));
  const nearest = candidates.filter(({ differences }) => differences === least)
    .map(({ sample }) => sample);
  const texts = nearest.map(writeLabels);
  const text = suggest(writeLabels(wanted), texts);
  return nearest[text === undefined ? 0 : texts.indexOf(text)];
}

/** Writes the labels in an order that does not depend on theirs. */
function writeLabels(sample: Sample): string {
  return [...labelsOf(sample)].map(([name, value]) => `${name}=${value}`).sort().join();
}

/** Counts the labels that one series lacks or has with another value. */
function countDifferences(a: Sample, b: Sample): number {
  const labels = labelsOf(a);
  const others = labelsOf(b);
  const names = new Set([...labels.keys(), ...others.keys()]);
  return [...names].filter((name) => labels.get(name) !== others.get(name)).length;
}

function labelsOf({ labels }: Sample): Map<string, string> {
  const pairs = new Map<string, string>();
  for (let i = 0; i < labels.length; i += 2) pairs.set(labels[i]!, labels[i + 1]!);
  return pairs;
}
