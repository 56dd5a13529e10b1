/**
 * Metrics that are read from a JSON document.
 *
 * @module
 */

import type { Table } from "../model/config_table.ts";
import { toFilledString, toFlag, toNumber } from "../model/config_values.ts";
import { describe } from "../model/describe.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { Family } from "../model/family.ts";
import { isLabelName, isReservedLabelName } from "../model/names.ts";
import { Sample } from "../model/sample.ts";
import { JSON_PATH, type JsonNode, type JsonPath, parseJsonPath } from "./json_path.ts";
import { type LabelTemplate, parseLabelTemplate } from "./label_template.ts";
import { HEAD_KEYS, type MetricHead, readMetricHead } from "./metric_head.ts";
import { readValueMapping, VALUE_KEYS, type ValueMapping } from "./metric_value.ts";

/** The keys of the table of a metric. */
export const JSON_METRIC_KEYS = [
  ...HEAD_KEYS,
  "path",
  "value",
  "for_each",
  "labels",
  ...VALUE_KEYS,
  "timestamp",
  "timestamp_ms",
  "optional",
];

/** Where the values of a metric are. */
interface JsonMetricInit {
  readonly head: MetricHead;
  /** Selects the items that have a sample each. Without it, the document is the only item. */
  readonly forEach: JsonPath | undefined;
  /** Selects the value in an item, or is the value of all items. Without it, the item is the value. */
  readonly value: JsonPath | number | undefined;
  readonly labels: ReadonlyMap<string, LabelTemplate>;
  readonly mapping: ValueMapping;
  /** Selects the time in an item. */
  readonly time: { readonly path: JsonPath; readonly scale: number } | undefined;
  /** Whether an item can be without a value. */
  readonly isOptional: boolean;
}

/** A metric with the places of its values in a document. */
export class JsonMetric {
  /** The family without its samples. */
  readonly head: MetricHead;
  readonly #init: JsonMetricInit;

  /** Creates a metric. */
  constructor(init: JsonMetricInit) {
    this.head = init.head;
    this.#init = init;
  }

  /**
   * Takes the samples from a document. Yields to the event loop in between.
   *
   * @param onError Takes the error of each item that is left out.
   */
  async familyOf(document: unknown, onError: (error: Error) => void): Promise<Family> {
    const samples: Sample[] = [];
    const attempt = (place: string, run: () => void) => {
      try {
        run();
      } catch (error) {
        const { message } = error as Error;
        onError(new Error(`metric "${this.head.name}"${place}: ${message}`, { cause: error }));
      }
    };
    const { forEach } = this.#init;
    let items: readonly JsonNode[] = forEach ? [] : [{ value: document, path: "$" }];
    attempt("", () => items = forEach?.find(document) ?? items);
    for (const item of items) {
      if (shouldYield()) await yieldToEventLoop();
      attempt(item.path === "$" ? "" : ` in ${item.path}`, () => {
        const sample = this.#sampleOf(item, document);
        if (sample !== undefined) samples.push(sample);
      });
    }
    return { ...this.head, samples };
  }

  #sampleOf(item: JsonNode, document: unknown): Sample | undefined {
    const { labels, time } = this.#init;
    const value = this.#valueOf(item.value);
    if (value === undefined) return undefined;
    const pairs: string[] = [];
    for (const [name, template] of labels) {
      const text = template.fill(item.value, document);
      if (text !== "") pairs.push(name, text.toWellFormed());
    }
    const timestamp = time && timestampOf(time.path.findOne(item.value), time.scale);
    return new Sample(this.head.name, pairs, value, timestamp);
  }

  #valueOf(item: unknown): number | undefined {
    const { value, mapping, isOptional } = this.#init;
    if (typeof value === "number") return value;
    const path = value?.text ?? "$";
    const node = value === undefined ? { value: item, path } : value.findOne(item);
    if (node !== undefined) {
      const number = convert(mapping, node);
      if (number !== undefined) return number;
    }
    if (isOptional) return undefined;
    throw new RangeError(`${path} selects ${node === undefined ? "nothing" : "null"}`);
  }
}

function convert(mapping: ValueMapping, { value, path }: JsonNode): number | undefined {
  try {
    return mapping.convert(value);
  } catch (cause) {
    throw new TypeError(`${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Returns a time in milliseconds: a number, or a date as in RFC 3339. */
function timestampOf(node: JsonNode | undefined, scale: number): number | undefined {
  if (node === undefined || node.value === null) return undefined;
  const { value, path } = node;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  const time = typeof number === "number" && !Number.isNaN(number)
    ? number * scale
    : Date.parse(String(value));
  if (Number.isFinite(time)) return Math.round(time);
  throw new TypeError(`${path}: expected a time, got ${describe(value)}`);
}

/** Reads and checks the metrics in the table of a source, of which there must be at least one. */
export function readJsonMetrics(owner: Table): JsonMetric[] {
  const tables = owner.tables("metrics");
  const types = new Map<string, string>();
  return tables.flatMap((table) => {
    const metric = readJsonMetric(table);
    if (metric === undefined) return [];
    const { name, type } = metric.head;
    const other = types.get(name) ?? type;
    types.set(name, other);
    if (other !== type) table.report(`another metric of this name has the type ${other}`, "type");
    return [metric];
  });
}

/** Reads and checks one metric. */
export function readJsonMetric(table: Table): JsonMetric | undefined {
  table.checkKeys(JSON_METRIC_KEYS);
  const head = readMetricHead(table);
  const path = readPath(table, "path");
  const constant = table.take("value", "a number", toNumber);
  if (table.has("path") && table.has("value")) {
    table.report('"path" and "value" exclude each other', "value");
  }
  const forEach = readPath(table, "for_each");
  if (!["path", "value", "for_each"].some((key) => table.has(key))) {
    table.report('expected "path", "value" or "for_each"');
  }
  const [seconds, milliseconds] = [readPath(table, "timestamp"), readPath(table, "timestamp_ms")];
  if (table.has("timestamp") && table.has("timestamp_ms")) {
    table.report('"timestamp" and "timestamp_ms" exclude each other', "timestamp_ms");
  }
  const labels = readLabelTemplates(table.table("labels"));
  const mapping = readValueMapping(table);
  const isOptional = table.take("optional", "true or false", toFlag) ?? false;
  if (head === undefined) return undefined;
  return new JsonMetric({
    head,
    forEach,
    value: path ?? constant,
    labels,
    mapping,
    time: seconds !== undefined
      ? { path: seconds, scale: 1000 }
      : milliseconds && { path: milliseconds, scale: 1 },
    isOptional,
  });
}

function readPath(table: Table, key: string): JsonPath | undefined {
  const text = table.take(key, JSON_PATH, toFilledString);
  return text === undefined ? undefined : reporting(table, key, () => parseJsonPath(text));
}

function readLabelTemplates(table: Table): Map<string, LabelTemplate> {
  const templates = new Map<string, LabelTemplate>();
  for (const name of table.keys()) {
    const text = table.take(name, "a string that is not empty", toFilledString);
    if (!isLabelName(name) || isReservedLabelName(name)) {
      const expected = 'expected a label name that matches [a-zA-Z_][a-zA-Z0-9_]*, without "__"';
      table.report(`${expected} at its beginning`, name);
    }
    const template = text && reporting(table, name, () => parseLabelTemplate(text));
    if (template) templates.set(name, template);
  }
  return templates;
}

/** Returns the result of a parser, or reports its error. */
function reporting<T>(table: Table, key: string, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    table.report(error.message, key);
    return undefined;
  }
}
