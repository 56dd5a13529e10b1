/**
 * The command line of the comparison.
 *
 * @module
 */

import { parseArgs } from "node:util";

/** Options of the comparison. */
export interface CompareOptions {
  /** Whether to run everything once with small sizes, as a test. The times of such a run are meaningless. */
  readonly short: boolean;
  /** The names of the measures to take. Empty for all. */
  readonly only: readonly string[];
  /** The number of rounds. */
  readonly rounds: number;
  /** Whether to print JSON instead of a table. */
  readonly json: boolean;
  readonly help: boolean;
}

const DEFAULT_ROUNDS = 3;

/**
 * Parses the arguments.
 *
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If an option has an invalid value.
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

/** Returns the help text. */
export function usage(measures: readonly string[]): string {
  return `Usage: deno task bench:compare [options]

Compares this library with others, each in a separate process, and prints a table.

Options:
      --only <measure>  Take only this measure (repeatable): ${measures.join(", ")}
      --rounds <n>      Number of rounds (default ${DEFAULT_ROUNDS})
      --short           Run everything once with small sizes, as a test; the times are meaningless
      --json            Print JSON instead of a table
  -h, --help            Print this help and exit`;
}
