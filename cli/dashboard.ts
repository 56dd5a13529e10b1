/**
 * Dashboards of Grafana for expositions.
 *
 * @see {@link https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/}
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import { DATASOURCE, FULL_WIDTH, graph, type Panel, panelsOf, stateTimeline } from "./panels.ts";
import { selector } from "./promql.ts";

/** The version of the model that the dashboards follow: that of Grafana 11, which newer ones read as well. */
const SCHEMA_VERSION = 39;

/** The height of panels and of headings. */
const PANEL_HEIGHT = 8;
const ROW_HEIGHT = 1;

/** The families of the exporter itself, which have rows of their own. */
const OWN = /^(?:exporter|process|deno)_/;

/** A part of a dashboard under a heading. */
interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Whether it is folded up at first. */
  readonly isCollapsed?: boolean;
  /** The variable for each value of which Grafana repeats it. */
  readonly repeat?: string;
}

/** Returns a dashboard for families: a row for each group of them, and rows for the exporter and its collectors. */
export function dashboardOf(families: readonly Family[], title: string): Record<string, unknown> {
  const job = families.find(({ samples }) => samples.length > 0)?.name ?? "up";
  return {
    title,
    uid: uidOf(title),
    tags: ["prometheus"],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    templating: { list: variables(job, families) },
    annotations: { list: [] },
    panels: layOut(sectionsOf(families)),
  };
}

function uidOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "").slice(0, 40);
}

function sectionsOf(families: readonly Family[]): Section[] {
  const groups = Map.groupBy(
    families.filter(({ name }) => !OWN.test(name)),
    ({ name }) => name.split("_")[0]!,
  );
  const own = families.filter(({ name }) =>
    OWN.test(name) && !name.startsWith("exporter_collector_")
  );
  return [
    ...(hasCollectors(families) ? collectorSections() : []),
    ...Array.from(groups, ([title, families]) => ({
      title,
      panels: families.flatMap(panelsOf),
    })),
    { title: "Exporter and process", panels: own.flatMap(panelsOf), isCollapsed: true },
  ].filter(({ panels }) => panels.length > 0);
}

function hasCollectors(families: readonly Family[]): boolean {
  return families.some(({ name }) => name === "exporter_collector_success");
}

/** The health of the collectors: of all at a glance, and a row for each. */
function collectorSections(): Section[] {
  const matchers = ['job=~"$job"', 'instance=~"$instance"', 'collector=~"$collector"'];
  const states = {
    0: { text: "failed", color: "red" },
    1: { text: "ok", color: "green" },
  };
  const success = stateTimeline(
    { name: "Success", help: "Whether the collector succeeded." },
    selector("exporter_collector_success", matchers),
    "{{collector}}",
    states,
  );
  const duration = graph(
    { name: "Duration", help: "How long the last run of the collector took." },
    "s",
    [{ expr: selector("exporter_collector_duration_seconds", matchers), legend: "{{collector}}" }],
  );
  const age = graph(
    { name: "Cache age", help: "How old the result is that was exposed." },
    "s",
    [{ expr: selector("exporter_collector_cache_age_seconds", matchers), legend: "{{collector}}" }],
  );
  return [{
    title: "Collector $collector",
    panels: [success, duration, age].map((panel) => ({ ...panel, width: FULL_WIDTH / 3 })),
    repeat: "collector",
  }];
}

function variables(metric: string, families: readonly Family[]): Record<string, unknown>[] {
  const query = (name: string, query: string) => ({
    name,
    type: "query",
    datasource: DATASOURCE,
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    multi: true,
    includeAll: true,
    allValue: ".*",
    current: { text: "All", value: "$__all" },
  });
  return [
    { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
    query("job", `label_values(${selector(metric, [])}, job)`),
    query("instance", `label_values(${selector(metric, ['job=~"$job"'])}, instance)`),
    ...(hasCollectors(families)
      ? [{
        ...query(
          "collector",
          `label_values(${selector("exporter_collector_success", ['job=~"$job"'])}, collector)`,
        ),
        // Grafana repeats rows for values, not for a pattern that stands for all.
        allValue: undefined,
      }]
      : []),
  ];
}

/** Places panels under their headings, from left to right. */
function layOut(sections: readonly Section[]): Record<string, unknown>[] {
  const placed: Record<string, unknown>[] = [];
  let id = 1;
  let y = 0;
  for (const { title, panels, isCollapsed = false, repeat } of sections) {
    const row = {
      id: id++,
      type: "row",
      title,
      collapsed: isCollapsed,
      gridPos: { x: 0, y, w: FULL_WIDTH, h: ROW_HEIGHT },
      ...(repeat !== undefined && { repeat }),
    };
    y += ROW_HEIGHT;
    let x = 0;
    const inside = panels.map(({ type, title, width, model }) => {
      if (x + width > FULL_WIDTH) {
        x = 0;
        y += PANEL_HEIGHT;
      }
      const gridPos = { x, y, w: width, h: PANEL_HEIGHT };
      x += width;
      return { id: id++, type, title, gridPos, ...model };
    });
    y += PANEL_HEIGHT;
    // Grafana keeps the panels of a row that is folded up inside it.
    if (isCollapsed) placed.push({ ...row, panels: inside });
    else placed.push({ ...row, panels: [] }, ...inside);
  }
  return placed;
}
