/**
 * Metrics of batch jobs, which end before Prometheus can scrape them: to a Pushgateway, or into a file for the textfile collector of
 * node_exporter.
 *
 * ```ts
 * import { Gauge, Registry } from "@exporter/prometheus";
 * import { writeTextfile } from "@exporter/prometheus/push";
 *
 * const registry = new Registry();
 * const finished = new Gauge("backup_last_success_timestamp_seconds", "When the backup succeeded.");
 * registry.register(finished).setToCurrentTime();
 * await writeTextfile(registry, await Deno.makeTempFile({ suffix: ".prom" }));
 * ```
 *
 * @see {@link https://prometheus.io/docs/practices/pushing/}
 *
 * @module
 */

import { DEFAULT_VARIANT } from "./encode/format.ts";
import { labelIn } from "./model/sample.ts";
import type { Registry } from "./registry.ts";
import { gatherAll } from "./send/gather_all.ts";
import { type PushMethod, request } from "./send/pushgateway.ts";
import { type PushOptions, type ResolvedPush, resolvePush } from "./send/push_options.ts";

export { PushError } from "./send/push_error.ts";
export type { PushOptions } from "./send/push_options.ts";
export { writeTextfile } from "./send/textfile.ts";

/**
 * Replaces all metrics of a group by those of a registry.
 *
 * @throws {PushError} If the Pushgateway cannot be reached or does not accept them.
 * @throws {AggregateError} If a collector fails: a part of the metrics does not replace what is there.
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value, or a series has a label of the grouping key with another value.
 */
export async function push(registry: Registry, options: PushOptions): Promise<void> {
  await send("PUT", registry, options);
}

/**
 * Replaces the metrics of a group that have the same names as those of a registry, and leaves the others.
 *
 * @throws {PushError} If the Pushgateway cannot be reached or does not accept them.
 * @throws {AggregateError} If a collector fails.
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value, or a series has a label of the grouping key with another value.
 */
export async function pushAdd(registry: Registry, options: PushOptions): Promise<void> {
  await send("POST", registry, options);
}

/**
 * Deletes all metrics of a group.
 *
 * @throws {PushError} If the Pushgateway cannot be reached or does not accept that.
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export async function deleteGroup(options: PushOptions): Promise<void> {
  await request("DELETE", resolvePush("Cannot delete group", options));
}

async function send(
  method: PushMethod,
  registry: Registry,
  options: PushOptions,
): Promise<void> {
  const push = resolvePush("Cannot push", options);
  const gathering = await gatherAll("Cannot push", registry);
  assertNoConflict(gathering.families, push);
  // Protobuf has native histograms, exemplars and all values exactly.
  const exposition = await registry.write(gathering, {
    variant: { ...DEFAULT_VARIANT, format: "protobuf", version: "delimited" },
    encoding: "identity",
  });
  const { contentType } = exposition;
  await request(method, push, { contentType, bytes: exposition.bytes() });
}

/** The Pushgateway overwrites labels of the grouping key without a word. */
function assertNoConflict(
  families: Awaited<ReturnType<Registry["gather"]>>["families"],
  { job, grouping }: ResolvedPush,
): void {
  const key = new Map([["job", job], ...grouping]);
  for (const { samples } of families) {
    for (const { labels, series } of samples) {
      for (const [name, value] of key) {
        const own = labelIn(labels, name);
        if (own === undefined || own === value) continue;
        throw new RangeError(
          `Cannot push: ${series} has another value of "${name}" than the grouping key`,
        );
      }
    }
  }
}
