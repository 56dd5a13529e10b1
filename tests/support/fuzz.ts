/**
 * Properties that have to hold for any input.
 *
 * `FUZZ_RUNS` sets the number of inputs for each property, and `FUZZ_SEED` which ones; by default they are always the same.
 *
 * @module
 */

import fc from "fast-check";

const DEFAULT_RUNS = 1000;
const DEFAULT_SEED = 20_261_125;

/** The longest that a single input may take, in milliseconds, on a busy machine. */
const LIMIT = 2000;

/** Checks a property with many inputs, and first with the examples: inputs that it did not hold for once. */
export async function fuzz<T>(
  inputs: fc.Arbitrary<T>,
  property: (input: T) => void | Promise<void>,
  examples: readonly T[] = [],
): Promise<void> {
  const timed = fc.asyncProperty(inputs, async (input) => {
    const began = performance.now();
    await property(input);
    const milliseconds = performance.now() - began;
    if (milliseconds > LIMIT) throw new Error(`Took ${milliseconds} ms`);
  });
  await fc.assert(timed, {
    numRuns: setting("FUZZ_RUNS", DEFAULT_RUNS),
    seed: setting("FUZZ_SEED", DEFAULT_SEED),
    examples: examples.map((example): [T] => [example]),
  });
}

function setting(name: string, otherwise: number): number {
  return Number(Deno.env.get(name) ?? otherwise);
}

/** Texts that are like some examples: parts of them joined, with changes of single characters. */
export function likeText(
  examples: readonly string[],
  tokens: readonly string[],
): fc.Arbitrary<string> {
  const line = fc.constantFrom(...examples.flatMap((text) => text.match(/[^\n]*\n?/g) ?? []));
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(3),
    added: fc.oneof(
      fc.constant(""),
      fc.constantFrom(...tokens),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
  });
  const lines = fc.oneof(fc.constantFrom(...examples), fc.array(line, { maxLength: 12 }));
  return fc.tuple(lines, fc.array(edit, { maxLength: 4 })).map(([lines, edits]) => {
    let text = typeof lines === "string" ? lines : lines.join("");
    for (const { at, removed, added } of edits) {
      const start = Math.floor(at * (text.length + 1));
      text = text.slice(0, start) + added + text.slice(start + removed);
    }
    return text;
  });
}
