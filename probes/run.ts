/**
 * One run of a probe, with a registry of its own.
 *
 * @module
 */

import { Gauge } from "../gauge.ts";
import { deadlineIn, roundSeconds, settlesWithin } from "../model/deadline.ts";
import type { Logger } from "../model/logger.ts";
import type { Probe } from "../probe.ts";
import { Registry } from "../registry.ts";
import type { Resolver } from "./resolver.ts";

/** Seconds for which a probe that was aborted may still return results. */
const GRACE = 0.05;

/** What to probe, and how. */
export interface RunOptions {
  /** The function. */
  readonly probe: Probe;
  /** The target. */
  readonly target: string;
  /** The module. */
  readonly module: string;
  /** The query string. */
  readonly params: URLSearchParams;
  /** Seconds for the probe, with the resolution of its target. */
  readonly timeout: number;
  /** When that began, in milliseconds of the monotonic clock. */
  readonly began: number;
  /** Aborts when nobody wants the result anymore. */
  readonly gone: AbortSignal | undefined;
  /** Resolves targets. */
  readonly resolver: Resolver;
  /** The log of the probe. */
  readonly logger: Logger;
  /** Whether the names of instruments can be any text. */
  readonly utf8Names: boolean;
}

/** How a run ended. */
export interface Outcome {
  /** Whether the target passed. */
  readonly isSuccess: boolean;
  /** What was thrown otherwise. */
  readonly error: unknown;
  /** How long it took, in seconds. */
  readonly seconds: number;
  /** The results. */
  readonly registry: Registry;
  /** Settles when the function has really ended, which may be later. Never rejects. */
  readonly ended: Promise<void>;
}

/** Runs a probe until it ends, the time is up, or nobody wants the result anymore. Never rejects. */
export async function runProbe(options: RunOptions): Promise<Outcome> {
  const { target, module, params, timeout, began, gone, resolver, logger, utf8Names } = options;
  const root = new Registry({ utf8Names });
  const success = root.register(
    new Gauge("probe_success", "Whether the probe succeeded."),
  );
  const duration = root.register(
    new Gauge("probe_duration_seconds", "Duration of the probe."),
  );
  root.register(
    new Gauge("probe_timeout_seconds", "Time that the probe had."),
  ).set(timeout);
  const registry = root.register(new Registry({ utf8Names }));
  const abort = new AbortController();
  const giveUp = () => abort.abort(gone?.reason);
  if (gone?.aborted) giveUp();
  gone?.addEventListener("abort", giveUp);
  const left = Math.max(timeout - (performance.now() - began) / 1000, 0.001);
  let error: unknown;
  let isSuccess = false;
  const run = (async () => {
    await options.probe({
      ...{ target, module, params, registry, signal: abort.signal, logger },
      deadline: deadlineIn(left),
      resolve: (text, preference) => resolver.resolve(text, preference),
    });
    isSuccess = true;
  })().catch((reason) => {
    error = reason;
  });
  if (!await settlesWithin(run, left, abort.signal)) {
    const late = new DOMException(`the probe took longer than ${timeout} s`, "TimeoutError");
    abort.abort(late);
    const isInTime = await settlesWithin(run, gone?.aborted ? 0 : GRACE);
    if (!isInTime) error = abort.signal.reason;
  }
  gone?.removeEventListener("abort", giveUp);
  const seconds = roundSeconds((performance.now() - began) / 1000);
  success.set(isSuccess ? 1 : 0);
  duration.set(seconds);
  return { isSuccess, error, seconds, registry: root, ended: run };
}
