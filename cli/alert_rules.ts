/**
 * Alerting and recording rules for exporters of this library, from the metrics that they expose about themselves.
 *
 * @module
 */

import type { Limits } from "../model/limits.ts";

/** A rule that raises an alert. */
export interface AlertRule {
  /** The name of the alert. */
  readonly alert: string;
  /** The condition in PromQL. */
  readonly expr: string;
  /** For how long it must hold, such as `5m`. */
  readonly for?: string;
  /** How urgent it is. */
  readonly severity: "warning" | "critical";
  /** What has happened, in a line. It may contain templates. */
  readonly summary: string;
  /** What to do about it. */
  readonly description: string;
}

/** A rule that records a series. */
export interface RecordingRule {
  /** The name of the series. */
  readonly record: string;
  /** Its value in PromQL. */
  readonly expr: string;
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  /** The name. */
  readonly name: string;
  /** The rules. */
  readonly rules: readonly (AlertRule | RecordingRule)[];
}

/** What the rules are for. */
export interface RulesOptions {
  /** The names of the families that the exporter has. There are rules for these only. */
  readonly families: ReadonlySet<string>;
  /** Whether it probes. */
  readonly hasProbes: boolean;
  /** The job of the exporter in Prometheus. Without it, the rules are for all exporters of this library. */
  readonly job: string | undefined;
  /** Its limits. */
  readonly limits: Pick<Limits, "maxRequestsInFlight" | "maxConnections">;
}

/** The part of a limit from which an alert is raised. */
const NEAR = 0.8;

const DAY = 86400;

/** Returns the rules for an exporter. Groups without rules are left out. */
export function rulesFor(options: RulesOptions): RuleGroup[] {
  const groups = [
    { name: "exporter", rules: [...recordings(options), ...healthRules(options)] },
    { name: "exporter-limits", rules: limitRules(options) },
    { name: "exporter-probes", rules: options.hasProbes ? probeRules(options) : [] },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

/** Returns a function that selects series of the job. */
function selector({ job }: RulesOptions): (name: string, matchers?: string) => string {
  const ofJob = job === undefined ? "" : `job=${JSON.stringify(job)}`;
  return (name, matchers = "") => {
    const all = [ofJob, matchers].filter((text) => text !== "").join(",");
    return all === "" ? name : `${name}{${all}}`;
  };
}

function* recordings(options: RulesOptions): Iterable<RecordingRule> {
  const select = selector(options);
  yield {
    record: "job_collector:exporter_collector_success:min",
    expr: `min by (job, collector) (${select("exporter_collector_success")})`,
  };
  yield {
    record: "job_collector:exporter_collector_duration_seconds:max",
    expr: `max by (job, collector) (${select("exporter_collector_duration_seconds")})`,
  };
}

function* healthRules(options: RulesOptions): Iterable<AlertRule> {
  const { families, job } = options;
  const select = selector(options);
  const seen = "last_over_time(exporter_collector_success[1d])";
  yield {
    alert: "ExporterDown",
    expr: job === undefined
      ? `up == 0 and on (job, instance) count by (job, instance) (${seen})`
      : `${select("up")} == 0`,
    for: "5m",
    severity: "critical",
    summary: "{{ $labels.instance }} cannot be scraped.",
    description: "Prometheus gets no metrics. See the error on its page of targets.",
  };
  yield {
    alert: "ExporterCollectorFailing",
    expr: `${select("exporter_collector_success")} == 0`,
    for: "10m",
    severity: "warning",
    summary: "The collector {{ $labels.collector }} of {{ $labels.instance }} fails.",
    description: "Its metrics are missing or old. The log of the exporter has the reason.",
  };
  if (families.has("exporter_collector_cache_age_seconds")) {
    yield {
      alert: "ExporterCacheStale",
      expr:
        `${
          select("exporter_collector_cache_age_seconds")
        } > 900 and on (job, instance, collector) ` +
        `${select("exporter_collector_success")} == 0`,
      severity: "warning",
      summary: "The cache of {{ $labels.collector }} of {{ $labels.instance }} is old.",
      description: "The values are {{ $value | humanizeDuration }} old, since the collector fails.",
    };
  }
  yield* increases(options);
  if (families.has("exporter_config_last_reload_successful")) {
    yield {
      alert: "ExporterConfigReloadFailed",
      expr: `${select("exporter_config_last_reload_successful")} == 0`,
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.instance }} could not reload its configuration.",
      description: "The previous configuration is in effect. The log has the reason.",
    };
  }
}

/** The counters that stay the same as long as all is well, with what it means if they do not. */
const LOSSES = [
  {
    alert: "ExporterSeriesDropped",
    metric: "exporter_series_dropped_total",
    summary: "{{ $labels.metric }} of {{ $labels.instance }} drops series.",
    description:
      "The metric has reached its limit of series. Reduce its labels, or raise maxSeries.",
  },
  {
    alert: "ExporterDuplicateSamples",
    metric: "exporter_duplicate_samples_total",
    summary: "{{ $labels.instance }} leaves out duplicate samples.",
    description: "Collectors return the same series more than once. The log names them.",
  },
  {
    alert: "ExporterConflictingFamilies",
    metric: "exporter_conflicting_families_total",
    summary: "{{ $labels.instance }} leaves out families.",
    description: "Collectors return families of the same name and different types.",
  },
  {
    alert: "ExporterLogLinesDropped",
    metric: "exporter_log_lines_dropped_total",
    summary: "{{ $labels.instance }} drops lines of its log.",
    description: "What reads standard error of the exporter is too slow.",
  },
] as const;

function* increases(options: RulesOptions): Iterable<AlertRule> {
  const select = selector(options);
  for (const { alert, metric, summary, description } of LOSSES) {
    if (!options.families.has(metric)) continue;
    const expr = `increase(${select(metric)}[15m]) > 0`;
    yield { alert, expr, severity: "warning", summary, description };
  }
}

function limitRules(options: RulesOptions): AlertRule[] {
  const { families, limits: { maxRequestsInFlight, maxConnections } } = options;
  const select = selector(options);
  const near = (alert: string, metric: string, expr: string, what: string): AlertRule[] =>
    !families.has(metric) ? [] : [{
      ...{ alert, expr, for: "5m", severity: "warning" },
      summary: `{{ $labels.instance }} has nearly reached its limit of ${what}.`,
      description: "Find out what needs so many, or raise the limit.",
    }];
  return [
    ...near(
      "ExporterRequestsNearLimit",
      "exporter_http_requests_in_flight",
      `${select("exporter_http_requests_in_flight")} > ${NEAR} * ${maxRequestsInFlight}`,
      "requests in flight",
    ),
    ...near(
      "ExporterConnectionsNearLimit",
      "exporter_http_connections",
      `${select("exporter_http_connections")} > ${NEAR} * ${maxConnections}`,
      "connections",
    ),
    ...near(
      "ExporterFileDescriptorsNearLimit",
      "process_open_fds",
      `${select("process_open_fds")} > ${NEAR} * ${select("process_max_fds")}` +
        (options.job === undefined
          ? " and on (job, instance) count by (job, instance) (exporter_collector_success)"
          : ""),
      "file descriptors",
    ),
    ...(!families.has("exporter_http_refused_requests_total") ? [] : [
      {
        alert: "ExporterRequestsRefused",
        expr: `increase(${select("exporter_http_refused_requests_total")}[15m]) > 0`,
        severity: "warning",
        summary: "{{ $labels.instance }} refuses requests ({{ $labels.reason }}).",
        description: "The log names the clients.",
      } as const,
    ]),
  ];
}

/** Probes are usually scraped by jobs of their own. */
function probeRules(options: RulesOptions): (AlertRule | RecordingRule)[] {
  const select = selector(options);
  const expiry = "(probe_ssl_earliest_cert_expiry - time())";
  const expires = (alert: string, range: string, severity: AlertRule["severity"]): AlertRule => ({
    alert,
    expr: `${expiry} ${range}`,
    severity,
    summary: "The certificate of {{ $labels.instance }} expires.",
    description: "It is valid for {{ $value | humanizeDuration }}.",
  });
  return [
    {
      record: "job_instance:probe_success:avg1h",
      expr: "avg by (job, instance) (avg_over_time(probe_success[1h]))",
    },
    {
      alert: "ProbeFailed",
      expr: "probe_success == 0",
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.instance }} fails its probe.",
      description: "Request the probe with debug=1 to see why.",
    },
    expires("ProbeCertificateExpires", `< ${14 * DAY} >= ${3 * DAY}`, "warning"),
    expires("ProbeCertificateExpiresSoon", `< ${3 * DAY}`, "critical"),
    {
      alert: "ProbesRefused",
      expr: `increase(${
        select("exporter_probe_requests_total", 'result=~"refused|invalid|busy"')
      }[15m]) > 0`,
      severity: "warning",
      summary: "{{ $labels.instance }} refuses probes ({{ $labels.result }}).",
      description: "Targets are not allowed, requests are wrong, or there are too many of them.",
    },
  ];
}
