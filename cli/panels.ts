/**
 * Panels of Grafana for metric families.
 *
 * @see {@link https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/}
 *
 * @module
 */

import { type Family, partLabel, PARTS } from "../model/family.ts";
import type { MetricType } from "../model/metric_type.ts";
import { labelIn } from "../model/sample.ts";
import { isTimestamp, rateUnitOf, unitOf } from "./grafana_units.ts";
import { aggregation, selector } from "./promql.ts";

/** The data source that a dashboard lets its user choose. */
export const DATASOURCE = { type: "prometheus", uid: "${datasource}" } as const;

/** The width of a dashboard. */
export const FULL_WIDTH = 24;

/** A panel, without its place on the dashboard. */
export interface Panel {
  /** The kind of visualization. */
  readonly type: string;
  /** The title. */
  readonly title: string;
  /** The width, of {@linkcode FULL_WIDTH}. */
  readonly width: number;
  /** Everything else, as Grafana's model has it. */
  readonly model: Readonly<Record<string, unknown>>;
}

/** A query of a panel. */
interface Query {
  readonly expr: string;
  readonly legend?: string;
  readonly format?: "time_series" | "heatmap" | "table";
  readonly instant?: boolean;
}

/** The matchers of the variables of a dashboard. */
const MATCHERS = ['job=~"$job"', 'instance=~"$instance"'];

const RANGE = "$__rate_interval";
const QUANTILES = [0.5, 0.9, 0.99];

/** The maximum number of lines in a graph. More are cut off, the highest stay. */
const MAX_LINES = 20;

const MAKERS: Readonly<Record<MetricType, (family: Family) => Panel[]>> = {
  counter: (family) => {
    const { name } = family;
    const rate = `rate(${selector(name, MATCHERS)}[${RANGE}])`;
    const labels = labelsOf(family);
    return [graph(family, rateUnitOf(family), [
      { expr: limited(family, aggregation("sum", labels, rate)), legend: legendOf(labels) },
    ])];
  },
  gauge: valuePanel,
  untyped: valuePanel,
  histogram: (family) => {
    const buckets = isNative(family) ? family.name : `${family.name}_bucket`;
    const rate = `rate(${selector(buckets, MATCHERS)}[${RANGE}])`;
    const unit = unitOf(family);
    const sum = aggregation("sum", isNative(family) ? [] : ["le"], rate);
    return [
      heatmap(family, unit, sum, isNative(family)),
      graph(
        family,
        unit,
        QUANTILES.map((q) => ({
          expr: `histogram_quantile(${q}, ${sum})`,
          legend: `p${q * 100}`,
        })),
        "quantiles",
      ),
    ];
  },
  gaugehistogram: (family) => {
    const sum = aggregation("sum", ["le"], selector(`${family.name}_bucket`, MATCHERS));
    return [heatmap(family, unitOf(family), sum, false)];
  },
  summary: (family) => {
    const labels = labelsOf(family);
    const hasQuantiles = family.samples.some(({ labels }) => labelIn(labels, "quantile"));
    const mean = ["_sum", "_count"].map((suffix) =>
      aggregation("sum", labels, `rate(${selector(family.name + suffix, MATCHERS)}[${RANGE}])`)
    );
    return [graph(family, unitOf(family), [
      ...(hasQuantiles
        ? [{
          expr: selector(family.name, MATCHERS),
          legend: legendOf([...labels, "quantile"]),
        }]
        : []),
      { expr: mean.join(" / "), legend: `${legendOf(labels)} mean` },
    ])];
  },
  info: (family) => [panel("table", family, {
    targets: queries([{
      expr: selector(family.name, MATCHERS),
      format: "table",
      instant: true,
    }]),
    transformations: [{
      id: "organize",
      options: { excludeByName: { Time: true, Value: true, __name__: true } },
    }],
  }, FULL_WIDTH)],
  stateset: (family) => {
    const labels = labelsOf(family);
    return [stateTimeline(
      family,
      `${aggregation("max", [...labels, family.name], selector(family.name, MATCHERS))}`,
      legendOf([...labels, family.name]),
      { 0: { text: "off", color: "text" }, 1: { text: "on", color: "green" } },
    )];
  },
};

/** Returns the panels for a family; none if it has no samples. */
export function panelsOf(family: Family): Panel[] {
  return family.samples.length === 0 ? [] : MAKERS[isInfo(family) ? "info" : family.type](family);
}

/** Returns whether the content of a family is in its labels. Formats without this type have gauges instead. */
function isInfo({ name, samples }: Family): boolean {
  return name.endsWith("_info") && samples.every(({ value }) => value === 1);
}

/** Returns a panel that shows the states of series over time. */
export function stateTimeline(
  { name, help }: Pick<Family, "name" | "help">,
  expr: string,
  legend: string,
  states: Readonly<Record<number, { readonly text: string; readonly color: string }>>,
): Panel {
  return panel("state-timeline", { name, help }, {
    targets: queries([{ expr, legend }]),
    fieldConfig: {
      defaults: { mappings: [{ type: "value", options: states }], color: { mode: "fixed" } },
      overrides: [],
    },
    options: { showValue: "auto", mergeValues: true, legend: { showLegend: false } },
  });
}

/** Returns a graph of queries. */
export function graph(
  { name, help }: Pick<Family, "name" | "help">,
  unit: string,
  targets: readonly Query[],
  what = "",
): Panel {
  return panel("timeseries", { name: what === "" ? name : `${name}: ${what}`, help }, {
    targets: queries(targets),
    fieldConfig: { defaults: { unit, min: null }, overrides: [] },
    options: {
      tooltip: { mode: "multi", sort: "desc" },
      legend: { displayMode: "list", placement: "bottom", showLegend: true },
    },
  });
}

function valuePanel(family: Family): Panel[] {
  const labels = labelsOf(family);
  const value = selector(family.name, MATCHERS);
  // Grafana takes times in milliseconds.
  const expr = isTimestamp(family) ? `1000 * ${value}` : value;
  return [graph(family, unitOf(family), [
    { expr: limited(family, expr), legend: legendOf(labels) },
  ])];
}

function heatmap(family: Family, unit: string, expr: string, isNative: boolean): Panel {
  return panel("heatmap", { ...family, name: `${family.name}: distribution` }, {
    targets: queries([{ expr, legend: "{{le}}", format: isNative ? "time_series" : "heatmap" }]),
    options: {
      calculate: false,
      yAxis: { unit },
      color: { mode: "scheme", scheme: "Oranges", steps: 64 },
      tooltip: { mode: "single", yHistogram: true },
    },
  });
}

function panel(
  type: string,
  { name, help }: Pick<Family, "name" | "help">,
  model: Readonly<Record<string, unknown>>,
  width = FULL_WIDTH / 2,
): Panel {
  return {
    type,
    title: name,
    width,
    model: { ...(help && { description: help }), datasource: DATASOURCE, ...model },
  };
}

function queries(list: readonly Query[]): Record<string, unknown>[] {
  return list.map(({ expr, legend, format = "time_series", instant = false }, i) => ({
    refId: String.fromCharCode("A".charCodeAt(0) + i),
    datasource: DATASOURCE,
    expr,
    format,
    ...(legend !== undefined && { legendFormat: legend }),
    instant,
    range: !instant,
  }));
}

/** The labels of a family, in the order in which they occur, without that of its parts. */
function labelsOf(family: Family): string[] {
  const part = partLabel(family);
  const names = new Set(
    family.samples.flatMap(({ labels }) => labels.filter((_, i) => i % 2 === 0)),
  );
  return [...names].filter((name) => name !== part);
}

function legendOf(labels: readonly string[]): string {
  return (labels.length === 0 ? ["instance"] : labels).map((name) => `{{${name}}}`).join(" ");
}

/** Limits the number of lines of a family that has many series. */
function limited({ samples }: Family, expr: string): string {
  return samples.length > MAX_LINES ? `topk(${MAX_LINES}, ${expr})` : expr;
}

/** Returns whether a histogram is exposed to readers of text without the buckets that it has. */
function isNative({ name, samples }: Family): boolean {
  const suffix = PARTS.histogram!.suffix;
  const bounds = samples.filter((sample) => sample.name === `${name}${suffix}`)
    .map(({ labels }) => labelIn(labels, "le"));
  return bounds.every((bound) => bound === "+Inf");
}
