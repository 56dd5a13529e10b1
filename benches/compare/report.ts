/**
 * What is printed at the end.
 *
 * @module
 */

import { type MissingPeer, type Peer, PEERS } from "../peers/peers.ts";
import type { Session } from "./session.ts";
import { median, spread } from "./statistics.ts";
import { formatTable } from "./table.ts";

/** What there is to tell about a run. */
export interface ReportInit {
  readonly session: Session;
  readonly machine: Readonly<Record<string, string>>;
  readonly peers: readonly Peer[];
  readonly missing: readonly MissingPeer[];
  readonly short: boolean;
  readonly rounds: number;
}

/** A text for people. */
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
    }; in brackets how many times as good exporter is.`,
    ...(short ? ["A short run: it shows that everything works, and its times mean nothing."] : []),
    ...(rounds > 1 ? [describeSpread(session)] : []),
    ...session.notes,
  ];
  return [
    list.map((line) => `- ${line}`).join("\n"),
    formatTable(session.rows, session.peers),
    about.map((line) => `- ${line}`).join("\n"),
  ].join("\n\n");
}

/** How far the rounds are from each other, which tells how far figures can be trusted. */
function describeSpread({ rows, peers }: Session): string {
  const spreads = rows.flatMap((row) =>
    peers.map((peer) => row.values(peer)).filter((values) => values.length > 0).map(spread)
  );
  const percent = (part: number) => `${(part * 100).toFixed(0)} %`;
  return `Between the best and the worst round of a figure lie ${
    percent(median(spreads))
  } of it in the middle of all figures, ` +
    `and ${percent(Math.max(...spreads))} at the most.`;
}

/** The same for programs: every value of every round. */
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
