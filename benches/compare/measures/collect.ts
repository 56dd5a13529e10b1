/**
 * Scrapes of collectors that create every sample at each scrape.
 *
 * @module
 */

import { OURS, PEERS } from "../../peers/peers.ts";
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
  resized: "1 % changed, a tenth of it to another length",
};

/** The time to create samples, to check them for duplicates, and to render them. */
export const collect: Measure = {
  name: "collect",
  async run(session: Session): Promise<void> {
    for (const [kind, what, targets] of FORMS) {
      const workload = makeWorkload(kind, ...session.sizes.workload);
      const count = seriesCount(workload).toLocaleString("en");
      const rows = (Object.keys(targets) as Change[]).map((change) => ({
        change,
        row: session.row({
          measure: "collect",
          label: `${count} ${what}, ${LABELS[change]}`,
          unit: "ms",
          targets: (["client_golang", "client_golang_1.23"] as const).map((than) => ({
            than,
            times: targets[change]!,
          })),
        }),
      }));
      const compressed = session.row({
        measure: "collect",
        label: `${count} ${what}, ${LABELS.all}, as gzip`,
        unit: "ms",
      });
      const relative = session.row({
        measure: "collect",
        label: "that beside text",
        unit: "×",
        targets: [{ atMost: 1.5 }],
      });
      const { repetition } = session.sizes;
      const peers = await session.able(PEERS, ({ kinds }) => kinds.includes(kind));
      await session.inTurn(peers, async (side) => {
        await side.ask({ do: "build", workload });
        const text = new Map<Change, number>();
        for (const { change, row } of rows) {
          const time = await timeTask(side, "render", workload, change, repetition);
          text.set(change, time);
          row.add(side.name, time);
        }
        const time = await timeTask(side, "gzip", workload, "all", repetition);
        compressed.add(side.name, time);
        if (side.name === OURS) relative.add(OURS, time / text.get("all")!);
      });
    }
  },
};
