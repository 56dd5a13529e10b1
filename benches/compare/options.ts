/**
 * The command line of the comparison.
 *
 * @module
 */

import { parseArgs } from "node:util";

/** What a run of the comparison is asked to do. */
export interface CompareOptions {
  /** Everything once and small, to see that it works. Times of such a run mean nothing. */
  readonly short: boolean;
  /** The names of the measures; none for all. */
  readonly only: readonly string[];
  /** How often each library has its turn. */
  readonly rounds: number;
  /** Whether to print JSON instead of a table. */
  readonly json: boolean;
  readonly help: boolean;
}

const DEFAULT_ROUNDS = 3;

/**
 * Reads the arguments.
 *
 * @throws {TypeError} If there is an option that there is not.
 * @throws {RangeError} If one has a value that it cannot have.
 */
export function parseOptions(args: string[], measures: readonly string[]): CompareOptions {
  const { values } = parseArgs({
    args,
    options: {
      short: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      rounds: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { short, json, help } = values;
  const rounds = values.rounds === undefined ? (short ? 1 : DEFAULT_ROUNDS) : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(
      `Cannot compare: expected an integer of 1 or more as rounds, got "${values.rounds}"`,
    );
  }
  const only = values.only.flatMap((names) => names.split(","));
  const unknown = only.find((name) => !measures.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot compare: expected one of ${measures.join(", ")} as measure, got "${unknown}"`,
    );
  }
  return { short, only, rounds, json, help };
}

/** How to call it. */
export function usage(measures: readonly string[]): string {
  return `Usage: deno task bench:compare [options]

Compares this library with others, each in a process of its own, and prints a table.

Options:
      --only <measure>  Take this measure only; may be repeated: ${measures.join(", ")}
      --rounds <n>      Give each library so many turns; default ${DEFAULT_ROUNDS}
      --short           Do everything once and small, to see that it works; times mean nothing
      --json            Print JSON instead of a table
  -h, --help            Print this help and exit`;
}
