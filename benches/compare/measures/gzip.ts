/**
 * The gzip body of a response, and the whole response over HTTP.
 *
 * @module
 */

import { gunzipSync, gzipSync } from "node:zlib";
import { OURS, type PeerName } from "../../peers/peers.ts";
import type { Row, Target } from "../row.ts";
import { Scraper } from "../scraper.ts";
import type { Measure, Session } from "../session.ts";
import { Replica } from "../snapshot.ts";
import { median } from "../statistics.ts";
import { selections, timeTask } from "../task.ts";
import { timeRuns } from "../timing.ts";
import { assertEqual } from "../verify.ts";
import { type Change, CHANGES, makeWorkload, RESIZED, seriesCount } from "../workload.ts";

const LABELS: Readonly<Record<Change, string>> = {
  all: "every series changed",
  scattered: "1 % scattered",
  few: "1 % in few families",
  none: "nothing changed",
  resized: "1 % scattered, a tenth of it with another length",
};

/** Not client_python: it has no target, and would double the duration of the measure. */
const PEERS: readonly PeerName[] = [
  "exporter",
  "client_js",
  "prom-client",
  "client_golang",
  "client_golang_1.23",
  "victoriametrics",
];

function makeRows(
  session: Session,
  measure: string,
  times: Readonly<Partial<Record<Change, number>>>,
): [Change, Row][] {
  return [...CHANGES, RESIZED].filter((change) => change in times).map((change) => [
    change,
    session.row({
      measure,
      label: LABELS[change],
      unit: "ms",
      targets: (["client_golang", "client_golang_1.23"] as const).map((than) => ({
        than,
        times: times[change]!,
      })),
    }),
  ]);
}

/** The time to create the gzip body of W. */
export const gzip: Measure = {
  name: "gzip",
  async run(session: Session): Promise<void> {
    const rows = makeRows(session, "gzip", {
      all: 40,
      scattered: 250,
      resized: 120,
      few: 400,
      none: 2000,
    });
    const workload = makeWorkload("counter", ...session.sizes.workload);
    const peers = await session.able(PEERS, ({ tasks }) => tasks.includes("gzip"));
    session.note(
      "gzip: client_golang by promhttp, victoriametrics by compress/gzip at the same level, client_js and prom-client by node:zlib at its default level.",
    );
    await session.inTurn(peers, async (side) => {
      const { resizes } = await session.abilities(side.name);
      await side.ask({ do: "build", workload });
      for (const [change, row] of rows) {
        if (change === RESIZED && !resizes) continue;
        row.add(
          side.name,
          await timeTask(side, "gzip", workload, change, session.sizes.repetition),
        );
      }
    });
  },
};

/** The size of the gzip body of W, and the time for those of histograms, beside what zlib does with the same text. */
export const zlib: Measure = {
  name: "zlib",
  async run(session: Session): Promise<void> {
    const { workload: size, histograms: histogramSize, repetition } = session.sizes;
    const row = (label: string, target: Target) =>
      session.row({ measure: "zlib", label, unit: "×", targets: [target] });
    const sizes = ([[1, 0.7], [6, 1.05]] as const).map(([level, atMost]) => ({
      level,
      row: row(`size of the gzip body of W beside level ${level}`, { atMost }),
    }));
    const histograms = makeWorkload("histogram", ...histogramSize);
    const count = seriesCount(histograms).toLocaleString("en");
    const times = ([["scattered", 6], ["all", 1.7]] as const).map(([change, atLeast]) => ({
      change,
      row: row(`speed beside level 1, gzip of ${count} histograms, ${LABELS[change]}`, { atLeast }),
    }));
    const path = `${session.folder}/exposition`;
    await session.inTurn([OURS], async (side) => {
      const workload = makeWorkload("counter", ...size);
      await side.ask({ do: "build", workload });
      await timeTask(side, "gzip", workload, "scattered", repetition);
      await side.ask({ do: "dump", task: "gzip", path });
      const compressed = (await Deno.stat(path)).size;
      await side.ask({ do: "dump", task: "render", path });
      const text = await Deno.readFile(path);
      for (const { level, row } of sizes) {
        row.add(OURS, compressed / gzipSync(text, { level }).length);
      }
    });
    await session.inTurn([OURS], async (side) => {
      await side.ask({ do: "build", workload: histograms });
      for (const { change, row } of times) {
        const ours = await timeTask(side, "gzip", histograms, change, repetition);
        const theirs = await timeTask(side, "zlib", histograms, change, repetition);
        row.add(OURS, theirs / ours);
      }
    });
    session.note("zlib: in the same process, of text that is ready.");
  },
};

/** The time from the request for W to the last byte of the gzip body, over loopback. */
export const http: Measure = {
  name: "http",
  async run(session: Session): Promise<void> {
    const rows = makeRows(session, "http", { all: 8, scattered: 20, few: 100, none: 150 });
    const workload = makeWorkload("counter", ...session.sizes.workload);
    const peers = await session.able(PEERS, ({ serves }) => serves);
    await session.inTurn(peers, async (side) => {
      await side.ask({ do: "build", workload });
      const { port } = await side.ask({ do: "serve" });
      using scraper = await Scraper.connect(port);

      const { status, headers, body } = await scraper.scrape({ gzip: true, keep: true });
      if (status !== 200 || headers.get("content-encoding") !== "gzip") {
        throw new Error(`Cannot scrape ${side.name}: its response has status ${status}`);
      }
      assertEqual(new Replica(workload), gunzipSync(body), side.name, "over HTTP");

      for (const [change, row] of rows) {
        const changes = selections(workload, change);
        const times = await timeRuns(
          () => scraper.scrape({ gzip: true }),
          (run) => side.ask({ do: "change", selection: changes[run % changes.length]! }),
          session.sizes.repetition,
        );
        row.add(side.name, median(times));
      }
    });
  },
};
