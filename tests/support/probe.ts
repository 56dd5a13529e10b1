/**
 * Running probes without an exporter.
 *
 * @module
 */

import { SILENT } from "../../model/logger.ts";
import type { Probe } from "../../probe.ts";
import { ProbeLog } from "../../probes/probe_log.ts";
import { type Lookup, Resolver } from "../../probes/resolver.ts";
import { runProbe } from "../../probes/run.ts";
import { TargetPolicy, type TargetPolicyOptions } from "../../probes/target_policy.ts";

/** How to run a probe. */
export interface ProbeTargetOptions {
  /** @default {{}} */
  params?: Record<string, string>;
  /** In seconds.
   *
   * @default {5}
   */
  timeout?: number;
  /** @default loopback addresses are allowed */
  policy?: TargetPolicyOptions;
  /** @default every name is 127.0.0.1 */
  lookup?: Lookup;
}

/** What a probe found. */
export interface Found {
  readonly isSuccess: boolean;
  /** The message of the error, empty if there is none. */
  readonly problem: string;
  readonly log: string;
  /** Values by series, without help texts and types. */
  readonly values: ReadonlyMap<string, number>;
}

/** Probes a target. */
export async function probeTarget(
  probe: Probe,
  target: string,
  options: ProbeTargetOptions = {},
): Promise<Found> {
  const { params = {}, timeout = 5, policy = { allowPrivate: true } } = options;
  const { lookup = () => Promise.resolve(["127.0.0.1"]) } = options;
  const log = new ProbeLog(SILENT, {});
  const { isSuccess, error, registry } = await runProbe({
    ...{
      probe,
      target,
      timeout,
      module: "",
      began: performance.now(),
      gone: undefined,
      utf8Names: false,
    },
    params: new URLSearchParams(params),
    resolver: new Resolver(new TargetPolicy(policy), lookup),
    logger: log,
  });
  const lines = (await registry.expose()).text().matchAll(/^(\w+(?:\{.*\})?) (\S+)$/gm);
  return {
    isSuccess,
    problem: error === undefined ? "" : `${error instanceof Error ? error.message : error}`,
    log: log.lines.join("\n"),
    values: new Map(Array.from(lines, ([, series, value]) => [series!, Number(value)])),
  };
}
