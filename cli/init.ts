/**
 * The command `init`, which writes a configuration file to begin with.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import type { CommandContext } from "./command_context.ts";

const DEFAULT_FILE = "config.toml";

/** The content of the file. Everything that is needed to change it is in the comments. */
export const TEMPLATE = `# The configuration of an exporter. All keys are optional.
# Check it: deno run -A jsr:@exporter/prometheus/cli --check-config=run config.toml
# Serve it: deno run -A jsr:@exporter/prometheus/cli config.toml
# and open http://127.0.0.1:9999/metrics

listen_ip = "127.0.0.1" # "0.0.0.0" for all IPv4 addresses of this machine
listen_port = 9999
log_level = "info"      # debug, info, warn, error or critical

# Labels of every metric.
[labels]
# site = "north"

# A metric with a fixed value.
[metrics.config_example]
type = "gauge"
help = "Shows that the exporter works. Remove it."
value = 1

# Collectors read other sources at each scrape. Each has one source and, if you like:
#
#   ttl = 60                          seconds for which a result is cached
#   timeout = 5                       seconds that a run may take
#   keep = ["node_*"]                 only metrics with these names
#   drop = ["node_scrape_*"]          no metrics with these names
#   rename = { "node_*" = "host_*" }  other names
#   labels = { room = "5" }           labels of all its metrics

# A program that prints metrics in the text format.
# [collectors.backup]
# command = ["/usr/local/bin/backup-status", "--metrics"]
# ttl = 60

# A program that prints a number.
# [collectors.users]
# command = ["sh", "-c", "who | wc -l"]
# metric = { name = "logged_in_users", type = "gauge", help = "Users who are logged in." }

# Another exporter.
# [collectors.node]
# url = "http://127.0.0.1:9100/metrics"
# keep = ["node_load*", "node_memory_*"]

# Files that other programs write, as for the textfile collector of node_exporter.
# [collectors.textfile]
# file = "/var/lib/node_exporter/textfile_collector/*.prom"

# A JSON document: the URL of a service, or a file.
# [collectors.queue]
# json = "http://127.0.0.1:8080/status.json"
# [[collectors.queue.metrics]]
# name = "queue_jobs"
# type = "gauge"
# help = "Jobs in the queue."
# for_each = "$.queues[*]"
# path = "$.jobs"
# labels = { queue = "$.name" }
`;

const OPTIONS = { help: { type: "boolean", short: "h" } } as const;

/** Returns the help text. */
export function initUsage(program: string): string {
  return `Usage: ${program} init [config_file]

Writes a configuration file to begin with, by default ${DEFAULT_FILE}, with comments and examples of
collectors. Does not overwrite a file.

Options:
  -h, --help  Print this help and exit`;
}

/** Runs the command. */
export async function runInit(
  args: readonly string[],
  { program }: CommandContext,
): Promise<number> {
  const { values: { help }, positionals } = parseArguments(args, OPTIONS);
  if (help) {
    console.log(initUsage(program));
    return 0;
  }
  const [path = DEFAULT_FILE, excess] = positionals;
  if (excess !== undefined) {
    throw new UsageError(`Expected one configuration file, got ${describe(excess)} as well`);
  }
  try {
    await Deno.writeTextFile(path, TEMPLATE, { createNew: true });
  } catch (cause) {
    throw new Error(`Cannot write "${path}": ${reasonOf(cause)}`, { cause });
  }
  console.log(`${path}: written`);
  return 0;
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists) return "it exists already";
  if (error instanceof Deno.errors.NotFound) return "no such folder";
  return (error as Error).message;
}
