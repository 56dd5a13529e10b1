/**
 * The command `rules`, which prints alerting and recording rules for an exporter.
 *
 * @module
 */

import { type Exporter, partsOf } from "../exporter.ts";
import { DEFAULT_LIMITS, type Limits } from "../model/limits.ts";
import {
  type AlertRule,
  type RecordingRule,
  type RuleGroup,
  rulesFor,
  type RulesOptions,
} from "./alert_rules.ts";

/** The family by which exporters of this library are recognized. */
const OWN = "exporter_collector_success";

/** Families that an exporter has only while it listens. */
const WHILE_LISTENING = ["exporter_http_connections"];

/**
 * Prints the rules for the exporter at a URL.
 *
 * @throws {Error} If it cannot be scraped.
 */
export async function printRulesOf(url: string, job: string | undefined): Promise<void> {
  const families = namesIn(await read(url));
  if (!families.has(OWN)) {
    throw new Error(`Cannot print rules for "${url}": expected the metric ${OWN}`);
  }
  print(optionsFor(families, job, DEFAULT_LIMITS));
}

/** Prints the rules for an exporter, after scraping it once, and shuts it down. */
export async function printRules(exporter: Exporter, job: string | undefined): Promise<void> {
  const { settings: { limits }, service } = partsOf(exporter);
  try {
    await service.checkAccess();
    const names = namesIn(await exporter.export());
    print(optionsFor(new Set([...names, ...WHILE_LISTENING]), job, limits));
  } finally {
    await exporter.shutdown();
  }
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

async function read(url: string): Promise<string> {
  try {
    const response = await fetch(url, { headers: { accept: "text/plain" } });
    const text = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}`);
    return text;
  } catch (cause) {
    throw new Error(`Cannot read "${url}": ${(cause as Error).message}`, { cause });
  }
}

function namesIn(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name!));
}

function optionsFor(
  families: ReadonlySet<string>,
  job: string | undefined,
  limits: Limits,
): RulesOptions {
  return { families, job, limits, hasProbes: families.has("exporter_probes_in_flight") };
}

function print(options: RulesOptions): void {
  console.log(formatRules(rulesFor(options)));
}
