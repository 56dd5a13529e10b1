/**
 * Tables of series for terminals and pipes, and the same as JSON.
 *
 * @module
 */

import { styleText } from "node:util";
import { formatValue } from "../model/numbers.ts";
import { hasChanged, type SeriesChange } from "./series_changes.ts";

/** Options of {@linkcode formatRows}. */
export interface TableOptions {
  /** The number of columns of the terminal. Longer lines are cut off. By default, none is. */
  readonly columns?: number;
  /** Whether to highlight what changed. */
  readonly hasColors: boolean;
}

/** The width of the columns of values and of changes. */
const VALUE_WIDTH = 16;
const CHANGE_WIDTH = 14;

/** How many digits of values and of changes are shown. */
const VALUE_DIGITS = 12;
const CHANGE_DIGITS = 4;

const GAP = "  ";

/** The heading of the columns. */
export const HEADING: string = [
  "VALUE".padStart(VALUE_WIDTH),
  "CHANGE".padStart(CHANGE_WIDTH),
  "SERIES",
].join(GAP);

/** Formats series, one a line: the value, the change, and the series. */
export function formatRows(
  changes: readonly SeriesChange[],
  { columns = Infinity, hasColors }: TableOptions,
): string[] {
  return changes.map((change) => {
    const { sample } = change;
    const numbers = [
      shortened(sample.value, VALUE_DIGITS).padStart(VALUE_WIDTH),
      formatChange(change).padStart(CHANGE_WIDTH),
    ].join(GAP);
    const line = cut(`${numbers}${GAP}${printable(sample.series)}`, columns);
    if (!hasColors || !hasChanged(change)) return line;
    const paint = change.isNew ? "green" : change.isReset ? "yellow" : "cyan";
    const format = { validateStream: false } as const;
    return styleText([paint, "bold"], line.slice(0, numbers.length), format) +
      line.slice(numbers.length);
  });
}

/** Formats the change of a series: a rate per second if it only grows, otherwise a difference. */
export function formatChange({ difference, rate, isReset, isNew }: SeriesChange): string {
  if (isNew) return "new";
  const prefix = isReset ? "reset " : "";
  if (rate !== undefined) return rate === 0 ? "" : `${prefix}${shortened(rate, CHANGE_DIGITS)}/s`;
  if (difference === undefined || difference === 0) return "";
  return `${difference > 0 ? "+" : ""}${shortened(difference, CHANGE_DIGITS)}`;
}

/** Series as JSON: an array of objects. Values that JSON has no number for are strings, as in Prometheus. */
export function formatJson(changes: readonly SeriesChange[]): string {
  const rows = changes.map(({ sample, type, difference, rate, isReset }) => ({
    name: sample.name,
    labels: labelsOf(sample.labels),
    type,
    value: jsonNumber(sample.value),
    ...(difference !== undefined && { difference: jsonNumber(difference) }),
    ...(rate !== undefined && { rate: jsonNumber(rate) }),
    ...(isReset && { reset: true }),
  }));
  if (rows.length === 0) return "[]";
  return `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]`;
}

function labelsOf(labels: readonly string[]): Record<string, string> {
  const entries: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) entries.push([labels[i]!, labels[i + 1]!]);
  return Object.fromEntries(entries);
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : formatValue(value);
}

function shortened(value: number, digits: number): string {
  return formatValue(Number(value.toPrecision(digits)));
}

/** Control characters in label values must not reach the terminal. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- those are what is replaced
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(columns - 1, 0))}…`;
}
