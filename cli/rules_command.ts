/**
 * The command `rules`, which writes alerting and recording rules for an exporter.
 *
 * @module
 */

import { partsOf } from "../exporter.ts";
import { describe } from "../model/describe.ts";
import { DEFAULT_LIMITS } from "../model/limits.ts";
import {
  type AlertRule,
  type RecordingRule,
  type RuleGroup,
  rulesFor,
  type RulesOptions,
} from "./alert_rules.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import type { CommandContext } from "./command_context.ts";
import { readSource, shownTarget } from "./source.ts";

const DEFAULT_TARGET = "http://127.0.0.1:9999/metrics";

/** The family by which exporters of this library are recognized. */
const OWN = "exporter_collector_success";

/** Families that an exporter has only while it listens. */
const WHILE_LISTENING = ["exporter_http_connections"];

const OPTIONS = {
  job: { type: "string", short: "j" },
  help: { type: "boolean", short: "h" },
} as const;

/** Returns the help text. */
export function rulesUsage(program: string): string {
  return `Usage: ${program} rules [options] [url | file | - | config_file]

Writes alerting and recording rules for Prometheus, as YAML, for the exporter with an exposition, by
default that of ${DEFAULT_TARGET}, or for the exporter with this configuration
file, a name that ends in .toml.

Options:
  -j, --job <job>  The job of the exporter in Prometheus, by default any
  -h, --help       Print this help and exit`;
}

/** Runs the command. */
export async function runRules(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { values: { job, help }, positionals } = parseArguments(args, OPTIONS);
  if (help) {
    console.log(rulesUsage(context.program));
    return 0;
  }
  const [target = DEFAULT_TARGET, excess] = positionals;
  if (excess !== undefined) {
    throw new UsageError(`Expected one URL or file, got ${describe(excess)} as well`);
  }
  const { families, limits } = target.endsWith(".toml")
    ? await exposedBy(target, context)
    : { families: namesIn((await readSource(target)).text), limits: DEFAULT_LIMITS };
  if (!families.has(OWN)) {
    const shown = JSON.stringify(shownTarget(target));
    throw new Error(`Cannot write rules for ${shown}: expected the metric ${OWN}`);
  }
  const hasProbes = families.has("exporter_probes_in_flight");
  console.log(formatRules(rulesFor({ families, hasProbes, job, limits })));
  return 0;
}

/** Formats rules as a file for Prometheus, in YAML. Texts are written as in JSON, which YAML contains. */
export function formatRules(groups: readonly RuleGroup[]): string {
  return [
    "groups:",
    ...groups.flatMap(({ name, rules }) => [
      `  - name: ${name}`,
      "    rules:",
      ...rules.flatMap((rule) => "record" in rule ? recordLines(rule) : alertLines(rule)),
    ]),
  ].join("\n");
}

function recordLines({ record, expr }: RecordingRule): string[] {
  return [`      - record: ${record}`, `        expr: ${JSON.stringify(expr)}`];
}

function alertLines(rule: AlertRule): string[] {
  return [
    `      - alert: ${rule.alert}`,
    `        expr: ${JSON.stringify(rule.expr)}`,
    ...(rule.for === undefined ? [] : [`        for: ${rule.for}`]),
    "        labels:",
    `          severity: ${rule.severity}`,
    "        annotations:",
    `          summary: ${JSON.stringify(rule.summary)}`,
    `          description: ${JSON.stringify(rule.description)}`,
  ];
}

async function exposedBy(
  configFile: string,
  { create }: CommandContext,
): Promise<Pick<RulesOptions, "families" | "limits">> {
  const exporter = create({ configFile });
  const { settings: { limits }, service } = partsOf(exporter);
  try {
    await service.checkAccess();
    const names = namesIn(await exporter.export());
    return { families: new Set([...names, ...WHILE_LISTENING]), limits };
  } finally {
    await exporter.shutdown();
  }
}

/** Returns the names of families, as the text format writes them. OpenMetrics leaves out the suffix of counters. */
function namesIn(text: string): ReadonlySet<string> {
  const found = text.matchAll(/^# TYPE (\S+) (\S+)/gm);
  return new Set(Array.from(found, ([, name = "", type]) => {
    return type === "counter" && !name.endsWith("_total") ? `${name}_total` : name;
  }));
}
