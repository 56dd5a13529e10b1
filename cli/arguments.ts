/**
 * Parsing of arguments, for all commands.
 *
 * @module
 */

import { parseArgs, type ParseArgsConfig } from "node:util";
import { describe } from "../model/describe.ts";
import { suggest } from "../model/suggest.ts";

/** The error for an invalid command line. */
export class UsageError extends Error {}

/** The options of a command, as `parseArgs` of Node takes them. */
export type OptionTable = NonNullable<ParseArgsConfig["options"]>;

/** What {@linkcode parseArguments} returns for some options. */
type Parsed<O extends OptionTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>
>;

/**
 * Parses arguments.
 *
 * @throws {UsageError} If an option is unknown, or lacks its value.
 */
export function parseArguments<const O extends OptionTable>(
  args: readonly string[],
  options: O,
): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(describeParseError(error as Error, Object.keys(options)));
  }
}

/** Rewrites an error of Node, whose advice does not apply here. */
function describeParseError({ message }: Error, options: readonly string[]): string {
  const option = /^Unknown option '(.+?)'\. /s.exec(message)?.[1];
  if (option === undefined) return message.replace(/\.?(?:\n.*)?$/s, "");
  const near = suggest(option, options.map((name) => `--${name}`));
  const hint = option.startsWith("--") && near !== undefined ? `, did you mean "${near}"?` : "";
  return `Unknown option ${describe(option)}${hint}`;
}
