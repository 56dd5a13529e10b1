/**
 * What happened in one scrape, as text for people.
 *
 * @module
 */

import type { Gathering } from "../collect/gather.ts";
import { errorText } from "../collect/run_history.ts";
import type { CollectorOutcome } from "../collector.ts";
import { toOneLine } from "../model/describe.ts";
import type { Family } from "../model/family.ts";
import { sizeOf } from "../series/block_family.ts";
import { redact } from "./redact.ts";

/** What {@linkcode debugText} tells about. */
export interface DebuggedScrape {
  /** The name and the version of the exporter. */
  readonly exporter: string;
  /** The query string without `debug=1`. */
  readonly query: string;
  /** The content type of the exposition. */
  readonly contentType: string;
  /** Its content coding. */
  readonly encoding: string;
  /** Its size, in bytes. */
  readonly bytes: number;
  /** How long the scrape took, in seconds. */
  readonly duration: number;
  /** How long it might have taken, in seconds. */
  readonly timeout: number;
  /** What was collected. */
  readonly gathering: Gathering;
  /** The names of all collectors. */
  readonly collectors: ReadonlySet<string>;
  /** Whether to include error messages. */
  readonly isDetailed: boolean;
}

/** The metrics that count what limits have cut off. */
const LIMIT_METRICS: ReadonlySet<string> = new Set([
  "exporter_series_dropped_total",
  "exporter_label_values_shortened_total",
]);

/** Returns what each collector did in a scrape, what was left out, and how large the response is. */
export function debugText(scrape: DebuggedScrape): string {
  const { gathering, collectors, isDetailed } = scrape;
  const ran = new Set(gathering.outcomes.map(({ collector }) => collector));
  const skipped = [...collectors].filter((name) => !ran.has(name));
  const rows = [
    ["collector", "did", "took", "cache age", "samples", "error"],
    ...rowsOf(gathering.outcomes, isDetailed),
    ...skipped.map((name) => [name, "skipped", "-", "-", "-", ""]),
  ];
  const notes = [...leftOut(gathering), ...limitsHit(gathering)];
  return [
    "This describes one scrape for people. It is not an exposition: leave out debug=1 to get that.",
    "",
    ...table([
      ["exporter", toOneLine(scrape.exporter)],
      ["time", new Date().toISOString()],
      ["took", `${secondsText(scrape.duration)} of ${secondsText(scrape.timeout)}`],
      ["query", toOneLine(decoded(scrape.query)) || "-"],
      ["format", scrape.contentType],
      ["encoding", scrape.encoding],
      ["bytes", String(scrape.bytes)],
      ["samples", String(gathering.samples)],
      ["families", String(gathering.families.length)],
    ]),
    "",
    ...table(rows),
    ...(notes.length === 0 ? [] : ["", ...notes]),
  ].join("\n");
}

/** Returns a row for each collector, and one for all without a name that succeeded, most of which are the exporter's own. */
function rowsOf(outcomes: readonly CollectorOutcome[], isDetailed: boolean): string[][] {
  const isPlain = ({ collector, failure }: CollectorOutcome) => {
    return collector === undefined && failure === undefined;
  };
  const plain = outcomes.filter(isPlain);
  const rows = outcomes.filter((outcome) => !isPlain(outcome))
    .map((outcome) => rowOf(outcome, isDetailed));
  if (plain.length === 0) return rows;
  const longest = Math.max(...plain.map(({ duration }) => duration));
  const samples = samplesIn(plain.flatMap(({ families }) => families));
  const name = `(${plain.length} without a name)`;
  return [...rows, [name, "ran", secondsText(longest), "-", String(samples), ""]];
}

function rowOf(
  { collector, families, duration, failure, isCached = false, age }: CollectorOutcome,
  isDetailed: boolean,
): string[] {
  return [
    toOneLine(collector ?? "(without a name)"),
    failure === undefined ? isCached ? "cached" : "ran" : verb(failure.error, isCached),
    secondsText(duration),
    age === undefined ? "-" : secondsText(age),
    String(samplesIn(families)),
    failure === undefined ? "" : messageOf(failure.error, isDetailed),
  ];
}

function samplesIn(families: readonly Family[]): number {
  return families.reduce((sum, family) => sum + sizeOf(family), 0);
}

function verb(error: unknown, isCached: boolean): string {
  const isLate = error instanceof Error && error.name === "TimeoutError";
  return `${isLate ? "timed out" : "failed"}${isCached ? ", stale" : ""}`;
}

function messageOf(error: unknown, isDetailed: boolean): string {
  const { kind, message } = errorText(error);
  return isDetailed ? toOneLine(`${kind}: ${redact(message)}`) : `${toOneLine(kind)}, see the log`;
}

function leftOut({ clashes }: Gathering): string[] {
  return clashes.map(({ collector = "", kind, what, samples }) => {
    const whose = collector === "" ? "" : ` of ${toOneLine(collector)}`;
    return kind === "duplicate"
      ? `left out: ${samples} duplicate samples${whose}, such as ${toOneLine(what)}`
      : `left out: family ${toOneLine(what)}${whose}, which conflicts with another one`;
  });
}

function limitsHit({ families }: Gathering): string[] {
  return families.filter(({ name }) => LIMIT_METRICS.has(name)).flatMap(({ samples }) =>
    samples.filter(({ value }) => value > 0).map(({ series, value }) => {
      return `limit hit since the start: ${toOneLine(series)} ${value}`;
    })
  );
}

/** Returns lines with aligned columns. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()
  );
}

function decoded(query: string): string {
  return Array.from(new URLSearchParams(query), ([name, value]) => `${name}=${value}`).join(" & ");
}

function secondsText(seconds: number): string {
  return `${seconds.toFixed(3)} s`;
}
