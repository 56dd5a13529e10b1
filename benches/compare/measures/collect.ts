/**
 * Scrapes of collectors that create every sample at each scrape.
 *
 * @module
 */

import { PEERS } from "../../peers/peers.ts";
import type { Measure, Session } from "../session.ts";
import { timeTask } from "../task.ts";
import { type Change, makeWorkload, seriesCount, type Workload } from "../workload.ts";

/** The forms in which samples are created, with what changes, and how many times as fast as client_golang it should be. */
const FORMS: readonly (readonly [Workload["kind"], string, Partial<Record<Change, number>>])[] = [
  ["fresh", "metrics made anew", { all: 2 }],
  ["declared", "samples with declared labels", { all: 5, scattered: 8, none: 8 }],
];

const LABELS: Readonly<Record<Change, string>> = {
  all: "all changed",
  scattered: "1 % changed",
  few: "1 % in few families",
  none: "nothing changed",
};

/** The time to create samples, to check them for duplicates, and to render them. */
export const collect: Measure = {
  name: "collect",
  async run(session: Session): Promise<void> {
    for (const [kind, what, targets] of FORMS) {
      const workload = makeWorkload(kind, ...session.sizes.workload);
      const rows = (Object.keys(targets) as Change[]).map((change) => ({
        change,
        row: session.row({
          measure: "collect",
          label: `${seriesCount(workload).toLocaleString("en")} ${what}, ${LABELS[change]}`,
          unit: "ms",
          targets: [{ than: "client_golang", times: targets[change]! }],
        }),
      }));
      const peers = await session.able(PEERS, ({ kinds }) => kinds.includes(kind));
      await session.inTurn(peers, async (side) => {
        await side.ask({ do: "build", workload });
        for (const { change, row } of rows) {
          row.add(
            side.name,
            await timeTask(side, "render", workload, change, session.sizes.repetition),
          );
        }
      });
    }
  },
};
