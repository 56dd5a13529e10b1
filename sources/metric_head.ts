/**
 * Names, types, help texts and units of metrics whose values a source gives one by one.
 *
 * @module
 */

import type { Table } from "../model/config_table.ts";
import { listed, toFilledString, toOneOf, toText } from "../model/config_values.ts";
import type { Family } from "../model/family.ts";
import { isMetricName } from "../model/names.ts";

/** The keys that {@linkcode readMetricHead} reads. */
export const HEAD_KEYS = ["name", "type", "help", "unit"];

/** Types whose series have one value. */
const TYPES = ["untyped", "gauge", "counter", "info"] as const;

/** The properties of a family besides its samples. */
export type MetricHead = Pick<Family, "name" | "type" | "help" | "unit">;

/** Reads and checks `name`, `type`, `help` and `unit`; undefined if the name is missing or invalid. */
export function readMetricHead(table: Table): MetricHead | undefined {
  const type = table.take("type", listed(TYPES), (value) => toOneOf(TYPES, value)) ?? "untyped";
  const help = table.take("help", "a string", toText);
  const unit = table.take("unit", "a string that is not empty", toFilledString);
  if (!table.has("name")) table.report('missing key "name"');
  const expected = "a metric name that matches [a-zA-Z_:][a-zA-Z0-9_:]*";
  const name = table.take("name", expected, toMetricName);
  if (name === undefined) return undefined;
  if (type === "info" && !name.endsWith("_info")) {
    table.report('expected a name that ends in "_info", because the type is info', "name");
  }
  return {
    name,
    type,
    ...(help !== undefined && { help }),
    ...(unit !== undefined && { unit }),
  };
}

function toMetricName(value: unknown): string | undefined {
  return typeof value === "string" && isMetricName(value) ? value : undefined;
}
