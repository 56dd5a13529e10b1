/**
 * Differences between texts, line by line.
 *
 * @module
 */

/** Returns a diff, based on the longest common subsequence. Each line begins with a space, `+` or `-`. */
export function compareLines(actual: readonly string[], expected: readonly string[]): string[] {
  const lengths = Array.from({ length: actual.length + 1 }, () => {
    return new Uint32Array(expected.length + 1);
  });
  for (let i = actual.length - 1; i >= 0; i--) {
    for (let j = expected.length - 1; j >= 0; j--) {
      lengths[i]![j] = actual[i] === expected[j]
        ? lengths[i + 1]![j + 1]! + 1
        : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < actual.length || j < expected.length) {
    if (actual[i] === expected[j] && i < actual.length) {
      lines.push(`  ${actual[i++]}`);
      j++;
    } else if (
      j === expected.length || (i < actual.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)
    ) {
      lines.push(`+ ${actual[i++]}`);
    } else {
      lines.push(`- ${expected[j++]}`);
    }
  }
  return lines;
}
