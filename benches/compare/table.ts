/**
 * The table of results.
 *
 * @module
 */

import { OURS, type PeerName } from "../peers/peers.ts";
import type { Row, Target, Unit } from "./row.ts";

/** Formats rows as a Markdown table, with a column per library. */
export function formatTable(rows: readonly Row[], peers: readonly PeerName[]): string {
  const others = peers.filter((peer) => peer !== OURS);
  const head = ["measure", OURS, ...others, "target"];
  const cells = rows.map((row) => [
    `${row.measure}: ${row.label}`,
    formatOwn(row),
    ...others.map((peer) => formatOther(row, peer)),
    row.targets.map((target) => formatTarget(row, target)).join(", "),
  ]);
  return alignColumns([head, ...cells]);
}

/** Formats a value with its unit, with about three digits. */
export function formatValue(value: number, unit: Unit): string {
  return unit === "×" ? `${formatNumber(value)} ×` : `${formatNumber(value)} ${unit}`;
}

function formatOwn(row: Row): string {
  const value = row.median(OURS);
  return value === undefined ? "–" : formatValue(value, row.unit);
}

function formatOther(row: Row, peer: PeerName): string {
  const value = row.median(peer);
  if (value === undefined) return "–";
  const ratio = row.ratio(peer);
  const formatted = formatValue(value, row.unit);
  return ratio === undefined ? formatted : `${formatted} (${formatNumber(ratio)} ×)`;
}

function formatTarget(row: Row, target: Target): string {
  const text = "than" in target
    ? `≥ ${target.times.toLocaleString("en")} × ${target.than}`
    : "atMost" in target
    ? `≤ ${formatValue(target.atMost, row.unit)}`
    : `≥ ${formatValue(target.atLeast, row.unit)}`;
  const isReached = row.reaches(target);
  return isReached === undefined ? text : `${text} ${isReached ? "✓" : "✗"}`;
}

function formatNumber(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

/** Formats Markdown with aligned columns, readable in a terminal. */
function alignColumns([head, ...rows]: readonly string[][]): string {
  const widths = head!.map((_, column) =>
    Math.max(...[head!, ...rows].map((cells) => cells[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head!), rule, ...rows.map(line)].join("\n");
}
