/**
 * The series that programs have sent.
 *
 * @module
 */

import { type MetricFamily, restoreFamily } from "../family.ts";
import type { OtlpLimits } from "../model/otlp_limits.ts";
import type { MetricType } from "../model/metric_type.ts";
import { Sample, type SampleExemplar } from "../model/sample.ts";
import { addAttributes, readAttributes } from "./attributes.ts";
import { metricName } from "./names.ts";
import { addDelta, type DataKind, type PointValue, readPoint } from "./point.ts";
import { samplesOf } from "./samples.ts";
import { isRecord, items, milliseconds, number, text } from "./values.ts";

/** Why a data point is rejected. */
export type Rejection = "invalid" | "conflict" | "series_limit" | "resource_limit";

/** What became of the data points of a request. */
export interface Outcome {
  readonly received: number;
  readonly rejected: ReadonlyMap<Rejection, number>;
}

interface Series {
  readonly labels: readonly string[];
  value: PointValue;
  start: number;
  /** The time of the point, in milliseconds since the epoch. */
  time: number;
  exemplars: readonly SampleExemplar[];
  /** When it was received, in milliseconds. */
  received: number;
}

interface StoredFamily {
  readonly type: MetricType;
  readonly help: string;
  readonly series: Map<string, Series>;
}

interface Resource {
  readonly labels: readonly string[];
  readonly identity: ReadonlyMap<string, string>;
  received: number;
}

const TYPES: Readonly<Record<DataKind, MetricType>> = {
  gauge: "gauge",
  sum: "gauge",
  histogram: "histogram",
  exponentialHistogram: "histogram",
  summary: "summary",
};
const KINDS = Object.keys(TYPES) as DataKind[];

const IDENTITY = ["service.name", "service.namespace", "service.instance.id"];
const DELTA = 1;
const CUMULATIVE = 2;
const NO_RECORDED_VALUE = 1;

/** The maximum number of characters in the labels of an exemplar. */
const MAX_EXEMPLAR_LENGTH = 128;

/** Options of {@linkcode OtlpStore}. */
export interface OtlpStoreOptions {
  readonly limits: OtlpLimits;
  readonly utf8Names: boolean;
  /** Returns the time in milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Keeps the latest value of each series. */
export class OtlpStore {
  readonly #limits: OtlpLimits;
  readonly #utf8Names: boolean;
  readonly #now: () => number;
  readonly #families = new Map<string, StoredFamily>();
  readonly #resources = new Map<string, Resource>();
  #series = 0;

  /** Creates an empty store. */
  constructor({ limits, utf8Names, now = Date.now }: OtlpStoreOptions) {
    this.#limits = limits;
    this.#utf8Names = utf8Names;
    this.#now = now;
  }

  /** The number of series; a histogram is one. */
  get series(): number {
    return this.#series;
  }

  /** The number of resources, such as programs. */
  get resources(): number {
    return this.#resources.size;
  }

  /** Takes the data points of a request. Whatever is invalid in it is rejected. */
  add(request: Record<string, unknown>): Outcome {
    this.#dropStale();
    const rejected = new Map<Rejection, number>();
    let received = 0;
    for (const { resource, scopeMetrics } of items(request["resourceMetrics"])) {
      const attributes = readAttributes(isRecord(resource) ? resource["attributes"] : undefined);
      const identity = this.#resource(attributes);
      for (const { scope, metrics } of items(scopeMetrics)) {
        const shared = new Map(identity);
        if (isRecord(scope)) addScope(shared, scope);
        for (const metric of items(metrics)) {
          const kind = KINDS.find((kind) => isRecord(metric[kind]));
          const data = kind && metric[kind] as Record<string, unknown>;
          for (const point of items(data?.["dataPoints"])) {
            const reason = identity === undefined
              ? "resource_limit"
              : this.#addPoint(metric, kind!, data!, point, shared);
            if (reason === undefined) received++;
            else rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
          }
        }
      }
    }
    return { received, rejected };
  }

  /** Returns the families of all series that are not stale. */
  families(): MetricFamily[] {
    this.#dropStale();
    const families = Array.from(this.#families, ([name, { type, help, series }]) => {
      const samples = Array.from(series.values(), ({ labels, value, start, exemplars }) => {
        const created = type === "gauge" || start === 0 ? undefined : start;
        return samplesOf(name, { labels, value, created, exemplars });
      });
      return restoreFamily({ name, type, help: help === "" ? undefined : help }, samples.flat());
    });
    const targets = [...this.#resources.values()]
      .filter(({ labels, identity }) => labels.length > 2 * identity.size && identity.size > 0)
      .map(({ labels }) => new Sample("target_info", labels, 1));
    if (targets.length > 0 && !this.#families.has("target_info")) {
      const head = { name: "target_info", type: "gauge", help: "Target metadata" } as const;
      families.push(restoreFamily(head, targets));
    }
    return families;
  }

  /** Returns the labels of a resource; undefined if there are too many resources. */
  #resource(attributes: ReadonlyMap<string, string>): ReadonlyMap<string, string> | undefined {
    const identity = new Map<string, string>();
    const [name, namespace, instance] = IDENTITY.map((key) => attributes.get(key));
    if (name) identity.set("job", namespace ? `${namespace}/${name}` : name);
    if (instance) identity.set("instance", instance);
    const others = new Map([...attributes].filter(([key]) => !IDENTITY.includes(key)));
    const labels = new Map(identity);
    addAttributes(labels, others, this.#utf8Names);
    // A program that restarts with other attributes replaces its description.
    const key = identity.size > 0 ? keyOf(identity) : keyOf(labels);
    if (!this.#resources.has(key) && this.#resources.size >= this.#limits.maxResources) {
      return undefined;
    }
    this.#resources.set(key, { labels: [...labels].flat(), identity, received: this.#now() });
    return identity;
  }

  #addPoint(
    metric: Record<string, unknown>,
    kind: DataKind,
    data: Record<string, unknown>,
    point: Record<string, unknown>,
    shared: ReadonlyMap<string, string>,
  ): Rejection | undefined {
    const isMonotonic = kind === "sum" && data["isMonotonic"] === true;
    const type = isMonotonic ? "counter" : TYPES[kind];
    const nameKind = isMonotonic ? "counter" : kind === "gauge" ? "gauge" : "other";
    const unit = text(metric["unit"]);
    const name = metricName({ name: text(metric["name"]), unit, kind: nameKind }, this.#utf8Names);
    const temporality = number(data["aggregationTemporality"]);
    const hasTemporality = kind !== "gauge" && kind !== "summary";
    if (name === "" || hasTemporality && temporality !== DELTA && temporality !== CUMULATIVE) {
      return "invalid";
    }
    const family = this.#families.get(name) ??
      { type, help: text(metric["description"]).toWellFormed(), series: new Map() };
    if (family.type !== type) return "conflict";
    const labels = new Map(shared);
    addAttributes(labels, readAttributes(point["attributes"]), this.#utf8Names);
    if (type === "histogram") labels.delete("le");
    if (type === "summary") labels.delete("quantile");
    const key = keyOf(labels);
    const before = family.series.get(key);
    if (((number(point["flags"]) ?? 0) & NO_RECORDED_VALUE) !== 0) {
      if (family.series.delete(key)) this.#series--;
      return undefined;
    }
    const value = readPoint(kind, point);
    if (value === undefined) return "invalid";
    if (before === undefined && this.#series >= this.#limits.maxSeries) return "series_limit";
    const time = milliseconds(point["timeUnixNano"]);
    const isDelta = hasTemporality && temporality === DELTA;
    // A point that arrives late must neither reset a series nor be added twice.
    if (before !== undefined && (isDelta ? time <= before.time && time > 0 : time < before.time)) {
      return undefined;
    }
    const start = milliseconds(point["startTimeUnixNano"]);
    if (before === undefined) this.#series++;
    this.#families.set(name, family);
    family.series.set(key, {
      labels: before?.labels ?? [...labels].flat(),
      value: isDelta ? addDelta(before?.value, value) : value,
      start: isDelta ? before?.start ?? start : start,
      time,
      exemplars: items(point["exemplars"]).map(readExemplar),
      received: this.#now(),
    });
    return undefined;
  }

  #dropStale(): void {
    const oldest = this.#now() - 1000 * this.#limits.maxAge;
    for (const [name, { series }] of this.#families) {
      for (const [key, { received }] of series) {
        if (received >= oldest) continue;
        series.delete(key);
        this.#series--;
      }
      if (series.size === 0) this.#families.delete(name);
    }
    for (const [key, { received }] of this.#resources) {
      if (received < oldest) this.#resources.delete(key);
    }
  }
}

function addScope(labels: Map<string, string>, scope: Record<string, unknown>): void {
  const [name, version] = [text(scope["name"]), text(scope["version"])];
  if (name !== "") labels.set("otel_scope_name", name.toWellFormed());
  if (version !== "") labels.set("otel_scope_version", version.toWellFormed());
}

function keyOf(labels: ReadonlyMap<string, string>): string {
  return JSON.stringify([...labels].sort(([a], [b]) => a < b ? -1 : 1));
}

function readExemplar(exemplar: Record<string, unknown>): SampleExemplar {
  const ids = [["trace_id", hex(exemplar["traceId"])], [
    "span_id",
    hex(exemplar["spanId"]),
  ]] as const;
  const labels = ids.filter(([, id]) => id !== "" && id.length < MAX_EXEMPLAR_LENGTH / 2 - 10)
    .flat();
  const value = number(exemplar["asDouble"]) ?? number(exemplar["asInt"]) ?? 0;
  return { labels, value, timestamp: milliseconds(exemplar["timeUnixNano"]) || undefined };
}

function hex(id: unknown): string {
  return id instanceof Uint8Array ? id.toHex() : /^[0-9a-f]*$/i.test(text(id)) ? text(id) : "";
}
