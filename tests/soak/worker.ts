/**
 * A collector in a worker, which now and then blocks beyond its deadline or hangs, so that its worker is ended and started again.
 *
 * @module
 */

import { type CollectContext, type Metric, MetricFamily } from "@exporter/prometheus";

/** Runs after which the module has misbehaved in one of its ways. */
const LIFE = 60;

let runs = 0;

/** Returns some series. */
export async function collect({ deadline }: CollectContext): Promise<(Metric | MetricFamily)[]> {
  const isLast = ++runs === LIFE;
  if (isLast && Date.now() % 2 === 0) await new Promise(() => {});
  while (isLast && Date.now() < deadline.getTime() + 1000);
  const family = new MetricFamily("soak_worker_value", { type: "gauge", help: "Values." });
  for (let i = 0; i < 200; i++) family.add(runs + i, { id: `${i}` });
  return [family];
}
