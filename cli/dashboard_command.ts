/**
 * The command `dashboard`, which writes a dashboard of Grafana for an exposition.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import type { Family } from "../model/family.ts";
import { parseExposition } from "../parse.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import type { CommandContext } from "./command_context.ts";
import { dashboardOf } from "./dashboard.ts";
import { readSource } from "./source.ts";

const DEFAULT_TARGET = "http://127.0.0.1:9999/metrics";

const OPTIONS = {
  title: { type: "string", short: "t" },
  help: { type: "boolean", short: "h" },
} as const;

/** Returns the help text. */
export function dashboardUsage(program: string): string {
  return `Usage: ${program} dashboard [options] [url | file | - | config_file]

Writes a dashboard of Grafana, as JSON to import, with panels for the metrics of an exposition, by
default that of ${DEFAULT_TARGET}, or of the exporter with this configuration
file, a name that ends in .toml.

Options:
  -t, --title <title>  The title, by default that of the exporter or "Metrics"
  -h, --help           Print this help and exit`;
}

/** Runs the command. */
export async function runDashboard(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { values: { title, help }, positionals } = parseArguments(args, OPTIONS);
  if (help) {
    console.log(dashboardUsage(context.program));
    return 0;
  }
  const [target = DEFAULT_TARGET, excess] = positionals;
  if (excess !== undefined) {
    throw new UsageError(`Expected one URL or file, got ${describe(excess)} as well`);
  }
  const { families, name } = target.endsWith(".toml")
    ? await exposedBy(target, context)
    : { families: await read(target), name: "Metrics" };
  console.log(JSON.stringify(dashboardOf(families, title ?? name), undefined, 2));
  return 0;
}

async function read(target: string): Promise<Family[]> {
  const { text, format } = await readSource(target);
  return parseExposition(text, { format, source: target });
}

async function exposedBy(
  configFile: string,
  { create }: CommandContext,
): Promise<{ families: Family[]; name: string }> {
  const exporter = create({ configFile });
  try {
    const accept = "application/openmetrics-text; version=1.0.0";
    const request = new Request("http://localhost/metrics", { headers: { accept } });
    const response = await exporter.handleMetrics(request);
    const text = await response.text();
    if (!response.ok) throw new Error(text.trim());
    return { families: parseExposition(text, { format: "openmetrics" }), name: exporter.name };
  } finally {
    await exporter.shutdown();
  }
}
