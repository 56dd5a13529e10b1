/**
 * Metrics of the HTTP prober, with the names that blackbox_exporter gives them.
 *
 * @module
 */

import { Gauge } from "../gauge.ts";
import { roundSeconds } from "../model/deadline.ts";
import type { Registry } from "../registry.ts";
import { type Phase, PHASES } from "./http_exchange.ts";

/** The instruments of one probe. */
export class HttpMetrics {
  readonly statusCode: Gauge;
  readonly contentLength: Gauge;
  readonly bodyLength: Gauge;
  readonly redirects: Gauge;
  readonly ssl: Gauge;
  readonly version: Gauge;
  readonly failedDueToRegex: Gauge;
  readonly #phases: Gauge<readonly ["phase"]>;
  readonly #registry: Registry;

  /** Registers the instruments. */
  constructor(registry: Registry) {
    const gauge = (name: string, help: string) => registry.register(new Gauge(name, help));
    this.#registry = registry;
    this.#phases = registry.register(
      new Gauge("probe_http_duration_seconds", "Duration of each phase, summed over redirects.", {
        labels: ["phase"],
      }),
    );
    this.addPhase("resolve", 0);
    this.statusCode = gauge("probe_http_status_code", "Status code of the last response.");
    this.contentLength = gauge("probe_http_content_length", "Content-Length; -1 if unknown.");
    this.bodyLength = gauge("probe_http_uncompressed_body_length", "Length of the body, in bytes.");
    this.redirects = gauge("probe_http_redirects", "Number of redirects.");
    this.ssl = gauge("probe_http_ssl", "Whether the last connection was encrypted.");
    this.version = gauge("probe_http_version", "Version of HTTP of the last response.");
    this.failedDueToRegex = gauge(
      "probe_failed_due_to_regex",
      "Whether the probe failed because of a regular expression.",
    );
  }

  /** Exposes all phases, also those that are not reached. */
  beginPhases(): void {
    for (const phase of PHASES) this.addPhase(phase, 0);
  }

  /** Adds to the duration of a phase. */
  addPhase(phase: Phase, seconds: number): void {
    const duration = this.#phases.labels({ phase });
    duration.set(roundSeconds(duration.value + seconds));
  }

  /** Records when the target was modified last, if it says so. */
  setLastModified(date: string | undefined): void {
    const seconds = Date.parse(date ?? "") / 1000;
    if (Number.isNaN(seconds)) return;
    this.#registry.register(
      new Gauge("probe_http_last_modified_timestamp_seconds", "Last-Modified of the response."),
    ).set(seconds);
  }
}
