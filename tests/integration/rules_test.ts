import { assertEquals } from "@std/assert";
import { rulesFor } from "../../cli/alert_rules.ts";
import { formatRules } from "../../cli/rules_command.ts";
import { Program } from "../support/program.ts";
import { RELEASES } from "./prometheus.ts";
import { withTools } from "./tool.ts";

/** Series with which an alert fires, and with which it does not, by their values each minute. */
interface Case {
  readonly alert: string;
  readonly fires: readonly string[];
  readonly rests: readonly string[];
  /** Minutes after which to look. */
  readonly at?: number;
}

const OWN = 'job="j",instance="i"';
const UP = `exporter_collector_success{${OWN},collector="c"} 1x60`;

const CASES: readonly Case[] = [
  {
    alert: "ExporterDown",
    fires: [
      `up{${OWN}} 1x9 0x50`,
      `exporter_collector_success{${OWN},collector="c"} 1x9 stale`,
    ],
    rests: [`up{${OWN}} 1x60`, UP, 'up{job="other",instance="i"} 0x60'],
  },
  {
    alert: "ExporterCollectorFailing",
    fires: [`exporter_collector_success{${OWN},collector="c"} 0x60`],
    rests: [`exporter_collector_success{${OWN},collector="c"} 1x25 0x3 1x30`],
  },
  {
    alert: "ExporterCacheStale",
    fires: [
      `exporter_collector_success{${OWN},collector="c"} 0x60`,
      `exporter_collector_cache_age_seconds{${OWN},collector="c"} 0+60x60`,
    ],
    rests: [UP, `exporter_collector_cache_age_seconds{${OWN},collector="c"} 0+60x60`],
  },
  ...losses("ExporterSeriesDropped", "exporter_series_dropped_total"),
  ...losses("ExporterDuplicateSamples", "exporter_duplicate_samples_total"),
  ...losses("ExporterConflictingFamilies", "exporter_conflicting_families_total"),
  ...losses("ExporterLogLinesDropped", "exporter_log_lines_dropped_total"),
  ...losses("ExporterRequestsRefused", "exporter_http_refused_requests_total"),
  {
    alert: "ExporterConfigReloadFailed",
    fires: [`exporter_config_last_reload_successful{${OWN}} 0x60`],
    rests: [`exporter_config_last_reload_successful{${OWN}} 1x60`],
  },
  {
    alert: "ExporterRequestsNearLimit",
    fires: [`exporter_http_requests_in_flight{${OWN}} 9x60`],
    rests: [`exporter_http_requests_in_flight{${OWN}} 8x60`],
  },
  {
    alert: "ExporterConnectionsNearLimit",
    fires: [`exporter_http_connections{${OWN}} 41x60`],
    rests: [`exporter_http_connections{${OWN}} 40x60`],
  },
  {
    alert: "ExporterFileDescriptorsNearLimit",
    fires: [UP, `process_open_fds{${OWN}} 90x60`, `process_max_fds{${OWN}} 100x60`],
    rests: [
      ...[UP, `process_open_fds{${OWN}} 70x60`, `process_max_fds{${OWN}} 100x60`],
      ...['process_open_fds{job="other"} 90x60', 'process_max_fds{job="other"} 100x60'],
    ],
  },
  {
    alert: "ProbeFailed",
    fires: [`probe_success{${OWN}} 0x60`],
    rests: [`probe_success{${OWN}} 1x27 0x1 1x30`],
  },
  {
    alert: "ProbeCertificateExpires",
    fires: [`probe_ssl_earliest_cert_expiry{${OWN}} ${10 * 86400}x60`],
    rests: [
      `probe_ssl_earliest_cert_expiry{${OWN}} ${20 * 86400}x60`,
      `probe_ssl_earliest_cert_expiry{job="k"} ${86400}x60`,
    ],
  },
  {
    alert: "ProbeCertificateExpiresSoon",
    fires: [`probe_ssl_earliest_cert_expiry{${OWN}} ${2 * 86400}x60`],
    rests: [`probe_ssl_earliest_cert_expiry{${OWN}} ${10 * 86400}x60`],
  },
  {
    alert: "ProbesRefused",
    fires: [`exporter_probe_requests_total{${OWN},path="/probe",result="refused"} 0+1x60`],
    rests: [`exporter_probe_requests_total{${OWN},path="/probe",result="success"} 0+1x60`],
  },
];

/** The case of a counter that must stay the same. */
function losses(alert: string, metric: string): Case[] {
  return [{ alert, fires: [`${metric}{${OWN}} 0x25 1x35`], rests: [`${metric}{${OWN}} 7x60`] }];
}

const GROUPS = rulesFor({
  families: {
    has: () => true,
  } as unknown as ReadonlySet<string>,
  hasProbes: true,
  job: undefined,
  limits: { maxRequestsInFlight: 10, maxConnections: 50 },
});

const ALERTS = GROUPS.flatMap(({ rules }) => rules.flatMap((rule) => "alert" in rule ? rule : []));

/** A test file of promtool. Of an alert that fires, all that matters is that it does. */
function testFile(): string {
  const tests = CASES.flatMap(({ alert, fires, rests, at = 30 }) => {
    const lines = (series: readonly string[]) =>
      series.map((text) => {
        const [, name, values] = /^(.*\}) (.*)$/.exec(text)!;
        return `      - { series: ${JSON.stringify(name)}, values: ${JSON.stringify(values)} }`;
      });
    const count = (series: readonly string[], samples: string) => [
      "  - interval: 1m",
      "    input_series:",
      ...lines(series),
      "    promql_expr_test:",
      `      - expr: 'count(ALERTS{alertname="${alert}",alertstate="firing"})'`,
      `        eval_time: ${at}m`,
      `        exp_samples: ${samples}`,
    ];
    return [...count(fires, '[{ labels: "{}", value: 1 }]'), ...count(rests, "[]")];
  });
  return ["rule_files: [rules.yml]", "evaluation_interval: 1m", "tests:", ...tests, ""].join("\n");
}

Deno.test("every alert has a case", () => {
  assertEquals(CASES.map(({ alert }) => alert).sort(), ALERTS.map(({ alert }) => alert).sort());
});

for (const release of RELEASES) {
  Deno.test(withTools([release.promtool], {
    name: `promtool of ${release.name} accepts the rules, and sees each alert fire and rest`,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        await Deno.writeTextFile(`${folder}/rules.yml`, formatRules(GROUPS));
        await Deno.writeTextFile(`${folder}/test.yml`, testFile());
        for (const args of [["check", "rules", "rules.yml"], ["test", "rules", "test.yml"]]) {
          await using promtool = new Program(release.promtool, args, { cwd: folder });
          const { code, stdout, stderr } = await promtool.ended();
          assertEquals(code, 0, stdout + stderr);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  }));
}

for (const release of RELEASES) {
  Deno.test(withTools([release.promtool], {
    name: `promtool of ${release.name} accepts what main.ts rules prints`,
    fn: async () => {
      const path = await Deno.makeTempFile({ suffix: ".yml" });
      try {
        const args = ["run", "-A", "main.ts", "rules", "--job", "doors", "examples/probe.toml"];
        await using program = Program.deno(args);
        await Deno.writeTextFile(path, (await program.ended()).stdout);
        await using promtool = new Program(release.promtool, ["check", "rules", path]);
        const { code, stdout, stderr } = await promtool.ended();
        assertEquals(code, 0, stdout + stderr);
      } finally {
        await Deno.remove(path);
      }
    },
  }));
}
