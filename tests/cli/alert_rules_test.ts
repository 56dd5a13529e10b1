import { assertArrayIncludes, assertEquals, assertStringIncludes } from "@std/assert";
import { rulesFor, type RulesOptions } from "../../cli/alert_rules.ts";

const OPTIONS: RulesOptions = {
  families: new Set(),
  hasProbes: false,
  job: undefined,
  limits: { maxRequestsInFlight: 10, maxConnections: 50 },
};

function rules(options: Partial<RulesOptions>): Map<string, string> {
  const all = rulesFor({ ...OPTIONS, ...options }).flatMap(({ rules }) => rules);
  return new Map(all.map((rule) => ["alert" in rule ? rule.alert : rule.record, rule.expr]));
}

Deno.test("rulesFor() has rules for the families of the exporter only", () => {
  assertEquals([...rules({}).keys()], [
    "job_collector:exporter_collector_success:min",
    "job_collector:exporter_collector_duration_seconds:max",
    "ExporterDown",
    "ExporterCollectorFailing",
  ]);
  const families = new Set(["exporter_series_dropped_total", "process_open_fds"]);
  assertArrayIncludes([...rules({ families }).keys()], [
    "ExporterSeriesDropped",
    "ExporterFileDescriptorsNearLimit",
  ]);
});

Deno.test("rulesFor() has rules for probes if there are any", () => {
  const names = [...rules({ hasProbes: true }).keys()];
  assertArrayIncludes(names, ["ProbeFailed", "ProbeCertificateExpires", "ProbesRefused"]);
});

Deno.test("rulesFor() compares with the limits of the exporter", () => {
  const families = new Set(["exporter_http_connections"]);
  assertEquals(
    rules({ families }).get("ExporterConnectionsNearLimit"),
    "exporter_http_connections > 0.8 * 50",
  );
});

Deno.test("rulesFor() selects a job", () => {
  const families = new Set(["exporter_log_lines_dropped_total"]);
  const ofJob = rules({ families, job: 'a"b', hasProbes: true });
  assertEquals(ofJob.get("ExporterDown"), 'up{job="a\\"b"} == 0');
  assertStringIncludes(
    ofJob.get("ExporterLogLinesDropped")!,
    'exporter_log_lines_dropped_total{job="a\\"b"}[15m]',
  );
  assertStringIncludes(
    ofJob.get("ProbesRefused")!,
    'exporter_probe_requests_total{job="a\\"b",result=~"refused|invalid|busy"}[15m]',
  );
});
