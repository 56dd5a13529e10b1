/**
 * Metrics about the requests, the connections and the log of an exporter.
 *
 * @module
 */

import { MetricFamily } from "../family.ts";

/** What the metrics tell. */
export interface ServiceFigures {
  /** Requests for metrics or the status in flight. */
  readonly inFlight: number;
  /** Requests that were refused, by reason. */
  readonly refused: ReadonlyMap<string, number>;
  /** Responses that were ended because their clients did not read them. */
  readonly stalled: number;
  /** Open connections; undefined if the exporter has no server of its own. */
  readonly connections: number | undefined;
  /** Connections that were closed or refused because there were too many. */
  readonly excess: number;
  /** Log lines that were dropped because standard error was too slow. */
  readonly droppedLogLines: number;
}

/** Returns the families. */
export function serviceFamilies(figures: ServiceFigures): MetricFamily[] {
  const { inFlight, refused, stalled, connections, excess, droppedLogLines } = figures;
  const refusals = new MetricFamily("exporter_http_refused_requests_total", {
    type: "counter",
    help: "Requests that were refused.",
  });
  for (const [reason, count] of refused) refusals.add(count, { reason });
  return [
    new MetricFamily("exporter_log_lines_dropped_total", {
      type: "counter",
      help: "Log lines that were dropped because standard error was too slow.",
    }).add(droppedLogLines),
    new MetricFamily("exporter_http_requests_in_flight", {
      type: "gauge",
      help:
        "Requests for metrics or the status that are being answered, or whose response is being read.",
    }).add(inFlight),
    refusals,
    new MetricFamily("exporter_http_stalled_responses_total", {
      type: "counter",
      help: "Responses that were ended because their clients did not read them.",
    }).add(stalled),
    ...(connections === undefined ? [] : [
      new MetricFamily("exporter_http_connections", {
        type: "gauge",
        help: "Open connections.",
      }).add(connections),
      new MetricFamily("exporter_http_excess_connections_total", {
        type: "counter",
        help: "Connections that were closed or refused because there were too many.",
      }).add(excess),
    ]),
  ];
}
