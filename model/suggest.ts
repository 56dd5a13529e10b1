/**
 * The "did you mean" suggestions of error messages.
 *
 * @module
 */

/**
 * Returns the candidate that is most similar to a mistyped word, regardless of case; undefined if none is similar enough.
 *
 * A typo is a character that is missing, added or wrong, or two neighboring characters swapped. A third of the word's characters
 * may be wrong, and always one. Among equally similar candidates, the first one wins.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let nearest: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

/** Computes the optimal string alignment distance, keeping only the last three rows of the table. */
function editDistance(a: string, b: string): number {
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(substitution, previous[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, twoBack[j - 2]! + 1);
      }
      row.push(distance);
    }
    [twoBack, previous] = [previous, row];
  }
  return previous[b.length]!;
}
