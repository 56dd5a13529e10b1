/**
 * The gzip body of a response, and the whole response over HTTP.
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import type { PeerName } from "../../peers/peers.ts";
import type { Row } from "../row.ts";
import { Scraper } from "../scraper.ts";
import type { Measure, Session } from "../session.ts";
import { Replica } from "../snapshot.ts";
import { median } from "../statistics.ts";
import { selections, timeTask } from "../task.ts";
import { timeRuns } from "../timing.ts";
import { assertEqual } from "../verify.ts";
import { type Change, CHANGES, makeWorkload } from "../workload.ts";

const LABELS: Readonly<Record<Change, string>> = {
  all: "every series changed",
  scattered: "1 % scattered",
  few: "1 % in few families",
  none: "nothing changed",
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
  times: Readonly<Record<Change, number>>,
): [Change, Row][] {
  return CHANGES.map((change) => [
    change,
    session.row({
      measure,
      label: LABELS[change],
      unit: "ms",
      targets: [{ than: "client_golang", times: times[change] }],
    }),
  ]);
}

/** The time to create the gzip body of W. */
export const gzip: Measure = {
  name: "gzip",
  async run(session: Session): Promise<void> {
    const rows = makeRows(session, "gzip", { all: 40, scattered: 250, few: 400, none: 2000 });
    const workload = makeWorkload("counter", ...session.sizes.workload);
    const peers = await session.able(PEERS, ({ tasks }) => tasks.includes("gzip"));
    session.note(
      "gzip: client_golang by promhttp, victoriametrics by compress/gzip at the same level, client_js and prom-client by node:zlib at its default level.",
    );
    await session.inTurn(peers, async (side) => {
      await side.ask({ do: "build", workload });
      for (const [change, row] of rows) {
        row.add(
          side.name,
          await timeTask(side, "gzip", workload, change, session.sizes.repetition),
        );
      }
    });
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
