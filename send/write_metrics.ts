/**
 * Metrics about Remote-Write.
 *
 * @module
 */

import { Counter } from "../counter.ts";
import { Gauge } from "../gauge.ts";
import { Registry } from "../registry.ts";

/** The metrics of one receiver, in a registry of their own. */
export class WriteMetrics {
  /** The registry, whose label `remote` tells receivers apart. */
  readonly registry: Registry;
  /** Samples that the receiver took. */
  readonly sent: Counter = new Counter(
    "remote_write_samples_sent_total",
    "Samples that the receiver accepted.",
  );
  /** Samples that the receiver refused. */
  readonly failed: Counter = new Counter(
    "remote_write_samples_failed_total",
    "Samples in requests that the receiver refused.",
  );
  /** Samples that were tried again. */
  readonly retried: Counter = new Counter(
    "remote_write_samples_retried_total",
    "Samples in requests that were tried again.",
  );
  /** Samples that did not fit into the queue. */
  readonly dropped: Counter = new Counter(
    "remote_write_samples_dropped_total",
    "Samples that were dropped because the queue was full, or at the end.",
  );
  /** Samples that wait, without those in the current request. */
  readonly queued: Gauge = new Gauge(
    "remote_write_queue_samples",
    "Samples that wait to be sent.",
  );
  /** The time of the last success. */
  readonly lastSuccess: Gauge = new Gauge(
    "remote_write_last_success_timestamp_seconds",
    "When the receiver last accepted samples.",
  );

  /** Creates metrics for the receiver at a URL, of which the label has neither credentials nor parameters. */
  constructor({ origin, pathname }: URL) {
    this.registry = new Registry({ labels: { remote: `${origin}${pathname}` } });
    const counters = [this.sent, this.failed, this.retried, this.dropped];
    for (const counter of counters) this.registry.register(counter);
    for (const gauge of [this.queued, this.lastSuccess]) this.registry.register(gauge);
  }
}
