/**
 * The arguments of the command `watch`.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import type { CommandContext } from "./command_context.ts";
import { type SeriesFilter, seriesFilter } from "./series_filter.ts";
import { watchTarget } from "./watch.ts";
import { SORTS, WATCH_FORMATS, type WatchOptions } from "./watched.ts";

const DEFAULT_TARGET = "http://127.0.0.1:9999/metrics";

/** Seconds between two readings unless others are given. */
const DEFAULT_INTERVAL = 2;

const OPTIONS = {
  interval: { type: "string", short: "i" },
  name: { type: "string", short: "n" },
  label: { type: "string", short: "l", multiple: true },
  sort: { type: "string", short: "s" },
  once: { type: "boolean" },
  format: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Returns the help text. */
export function watchUsage(program: string): string {
  return `Usage: ${program} watch [options] [url | file | -]

Shows the series of an exposition, by default those of ${DEFAULT_TARGET}, and
how they change: rates of what only grows, differences of everything else. At a terminal, on the
whole screen; in a pipe, first all series, and then those that changed.

Options:
  -i, --interval <seconds>  Read so often, by default every ${DEFAULT_INTERVAL} s
  -n, --name <pattern>      Only series whose name matches this regular expression somewhere
  -l, --label <matcher>     Only series with this label: method=GET, code!=200, path=~/api/.*; repeatable
  -s, --sort <order>        ${SORTS.join(", ")}, by default ${SORTS[0]}
      --once                Print the series once and exit; with --interval, after two readings
      --format <format>     With --once: ${WATCH_FORMATS.join(" or ")}
  -h, --help                Print this help and exit`;
}

/** Runs the command. */
export async function runWatch(
  args: readonly string[],
  { program }: CommandContext,
): Promise<number> {
  const options = parseWatch(args);
  if (options === undefined) console.log(watchUsage(program));
  else await watchTarget(options);
  return 0;
}

/**
 * Parses the arguments. Returns undefined if they ask for help.
 *
 * @throws {UsageError} If they are invalid.
 */
export function parseWatch(args: readonly string[]): WatchOptions | undefined {
  const { values, positionals } = parseArguments(args, OPTIONS);
  const { interval, name, label = [], sort, once = false, format, help } = values;
  if (help) return undefined;
  const [target = DEFAULT_TARGET, excess] = positionals;
  if (excess !== undefined) {
    throw new UsageError(`Expected one URL or file, got ${describe(excess)} as well`);
  }
  if (format !== undefined && !once) throw new UsageError('Cannot use "--format" without "--once"');
  return {
    target,
    interval: interval === undefined ? DEFAULT_INTERVAL : parseInterval(interval),
    ...(once && { readings: interval === undefined ? 1 : 2 }),
    format: oneOf("format", format, WATCH_FORMATS),
    sort: oneOf("sort", sort, SORTS),
    filter: parseFilter(name, label),
  };
}

function parseFilter(name: string | undefined, labels: readonly string[]): SeriesFilter {
  try {
    return seriesFilter(name, labels);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Returns one of the allowed values, by default the first one. */
function oneOf<T extends string>(option: string, value: string | undefined, all: readonly T[]): T {
  const found = value === undefined ? all[0] : all.find((allowed) => allowed === value);
  if (found !== undefined) return found;
  throw new UsageError(
    `Expected "--${option}" to be one of ${all.join(", ")}, got ${describe(value)}`,
  );
}

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (/^\d*\.?\d+$/.test(text) && seconds >= 0.1 && seconds <= 86_400) return seconds;
  throw new UsageError(
    `Expected "--interval" to be a number of seconds from 0.1 to 86400, got ${describe(text)}`,
  );
}
