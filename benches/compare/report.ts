/**
 * The report of a comparison.
 *
 * @module
 */

import { type MissingPeer, type Peer, PEERS } from "../peers/peers.ts";
import type { Session } from "./session.ts";
import { median, spread } from "./statistics.ts";
import { formatTable } from "./table.ts";

/** The content of a report. */
export interface ReportInit {
  readonly session: Session;
  readonly machine: Readonly<Record<string, string>>;
  readonly peers: readonly Peer[];
  readonly missing: readonly MissingPeer[];
  readonly short: boolean;
  readonly rounds: number;
}

/** Formats a report as Markdown. */
export function formatReport(
  { session, machine, peers, missing, short, rounds }: ReportInit,
): string {
  const list = [
    ...Object.entries(machine).map(([name, value]) => `${name}: ${value}`),
    ...peers.map(({ name, version }) => `${name}: ${version}`),
    ...missing.map(({ name, reason }) => `${name}: not compared. ${reason}`),
  ];
  const about = [
    `Medians of ${rounds} round${
      rounds === 1 ? "" : "s"
    }; in brackets, how many times better exporter is.`,
    ...(short ? ["A short run: its times are meaningless."] : []),
    ...(rounds > 1 ? [describeSpread(session)] : []),
    ...session.notes,
  ];
  return [
    list.map((line) => `- ${line}`).join("\n"),
    formatTable(session.rows, session.peers),
    about.map((line) => `- ${line}`).join("\n"),
  ].join("\n\n");
}

/** Describes the spread between rounds, which shows how reliable the figures are. */
function describeSpread({ rows, peers }: Session): string {
  const spreads = rows.flatMap((row) =>
    peers.map((peer) => row.values(peer)).filter((values) => values.length > 0).map(spread)
  );
  const percent = (part: number) => `${(part * 100).toFixed(0)} %`;
  return `The best and the worst round of a figure differ by ${
    percent(median(spreads))
  } in the median of all figures, and by ${percent(Math.max(...spreads))} at most.`;
}

/** Returns a report as data, with the values of all rounds. */
export function reportData({ session, machine, peers, missing, short, rounds }: ReportInit) {
  return {
    short,
    rounds,
    machine,
    peers: Object.fromEntries(peers.map(({ name, version }) => [name, version])),
    missing: Object.fromEntries(missing.map(({ name, reason }) => [name, reason])),
    notes: session.notes,
    rows: session.rows.map((row) => ({
      measure: row.measure,
      label: row.label,
      unit: row.unit,
      targets: row.targets.map((target) => ({ ...target, reached: row.reaches(target) ?? null })),
      results: Object.fromEntries(
        PEERS.filter((peer) => row.values(peer).length > 0).map((peer) => [peer, {
          median: row.median(peer),
          ratio: row.ratio(peer),
          rounds: row.values(peer),
        }]),
      ),
    })),
  };
}
