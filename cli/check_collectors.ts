/**
 * The part of `--check-config` that shows and runs the collectors of a configuration file.
 *
 * @module
 */

import { lint } from "../lint.ts";
import { Registry } from "../registry.ts";
import type { CollectorConfig } from "../sources/collector_config.ts";
import { ConfiguredCollector } from "../sources/configured_collectors.ts";
import { formatTomlPath } from "../model/config_table.ts";
import { describe } from "../model/describe.ts";
import { impossibleValues } from "../parse/values.ts";

/** What is checked, and how. */
export interface CheckOptions {
  /** The name of the configuration file. */
  readonly source: string;
  /** The registry of the exporter. */
  readonly registry: Pick<Registry, "utf8Names">;
  /** Whether each collector runs once. */
  readonly runsCollectors: boolean;
}

/**
 * Prints what each collector reads and, if it runs, what it gave. Failures, impossible values and names that break the rules go to
 * standard error.
 *
 * @returns Whether no collector failed.
 */
export async function checkCollectors(
  collectors: readonly CollectorConfig[],
  { source, registry, runsCollectors }: CheckOptions,
): Promise<boolean> {
  let isGood = true;
  for (const config of collectors) {
    const path = formatTomlPath(["collectors", config.name]);
    const line = `${source}: ${path}: ${config.source.kind} ${config.source.target}`;
    if (!runsCollectors) {
      console.log(line);
      continue;
    }
    const { amount, failure, warnings } = await runOnce(config, registry);
    console.log(`${line}: ${amount}`);
    for (const warning of warnings) console.error(`${source}: warning: ${path}: ${warning}`);
    if (failure === undefined) continue;
    isGood = false;
    console.error(`${source}: ${path}: failed: ${failure}`);
  }
  return isGood;
}

/** What a run of a collector gave. */
interface RunResult {
  /** The numbers of families and samples, and the duration. */
  readonly amount: string;
  /** Impossible values, and names that break the rules. */
  readonly warnings: readonly string[];
  /** The error, if it failed. */
  readonly failure: string | undefined;
}

/** Runs a collector as a scrape would. */
async function runOnce(
  config: CollectorConfig,
  { utf8Names }: Pick<Registry, "utf8Names">,
): Promise<RunResult> {
  const registry = new Registry({ utf8Names });
  const collector = new ConfiguredCollector({ config, text: "" });
  registry.register(collector, collector.options);
  const { outcomes } = await registry.gather();
  await collector.end();
  const { families, failure, duration } = outcomes[0]!;
  const samples = families.reduce((sum, family) => sum + family.samples.length, 0);
  const counts = [
    count(families.length, "family", "families"),
    count(samples, "sample", "samples"),
  ];
  const problems = [
    ...families.flatMap((family) =>
      Array.from(impossibleValues(family), ({ problem }) => ({ name: family.name, problem }))
    ),
    ...lint(families),
  ];
  return {
    amount: [...counts, `${duration.toFixed(3)} s`].join(", "),
    warnings: problems.map(({ name, problem }) => `${name}: ${problem}`),
    failure: failure && describeError(failure.error),
  };
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : describe(error);
}
