/**
 * The command `init`, which writes a configuration file to begin with.
 *
 * @module
 */

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

/**
 * Writes a configuration file.
 *
 * @param path The file, which must not exist.
 * @returns The exit status.
 */
export async function init(path: string): Promise<number> {
  try {
    await Deno.writeTextFile(path, TEMPLATE, { createNew: true });
    console.log(`${path}: written`);
    return 0;
  } catch (error) {
    const reason = error instanceof Deno.errors.AlreadyExists
      ? "it exists already"
      : error instanceof Deno.errors.NotFound
      ? "no such folder"
      : (error as Error).message;
    console.error(`Cannot write "${path}": ${reason}`);
    return 1;
  }
}
