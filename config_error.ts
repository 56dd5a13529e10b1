/**
 * The error for an invalid configuration.
 *
 * @module
 */

import type { ConfigProblem } from "./model/config_table.ts";

export type { ConfigProblem } from "./model/config_table.ts";

/** The maximum number of problems that an error lists. */
const MAX_PROBLEMS = 100;

/**
 * The error for an invalid configuration. The message lists the problems in one line.
 *
 * If the file cannot be read, `cause` is the reason, such as an instance of `Deno.errors.NotFound`.
 */
export class ConfigError extends Error {
  /** The source, such as a file name. Empty if unknown. */
  readonly source: string;
  /** The problems, at least one. */
  readonly problems: readonly ConfigProblem[];

  /** Creates an error with the problems of a configuration. */
  constructor(source: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const action = source === ""
      ? "Cannot read configuration"
      : `Cannot read configuration ${JSON.stringify(source)}`;
    super(`${action}: ${problems.map(formatConfigProblem).join("; ")}`, options);
    this.name = "ConfigError";
    this.source = source;
    this.problems = problems;
  }
}

/** Formats a problem in one line: `listen_port: expected an integer from 0 to 65535, got "abc"`. */
export function formatConfigProblem(problem: ConfigProblem): string {
  return problem.path === "" ? problem.message : `${problem.path}: ${problem.message}`;
}

/** Shortens a list of problems, which for a file of the wrong kind has as many as the file has lines. */
export function firstProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const left = problems.length - MAX_PROBLEMS;
  if (left <= 0) return problems;
  return [...problems.slice(0, MAX_PROBLEMS), { path: "", message: `and ${left} more problems` }];
}
