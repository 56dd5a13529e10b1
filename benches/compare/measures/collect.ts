/**
 * Scrapes of collectors that create every sample at each scrape.
 *
 * @module
 */

import { PEERS } from "../../peers/peers.ts";
import type { Measure, Session } from "../session.ts";
import { timeTask } from "../task.ts";
import { makeWorkload, seriesCount } from "../workload.ts";

/** The time to create samples, to check them for duplicates, and to render them. */
export const collect: Measure = {
  name: "collect",
  async run(session: Session): Promise<void> {
    const workload = makeWorkload("fresh", ...session.sizes.workload);
    const row = session.row({
      measure: "collect",
      label: `${seriesCount(workload).toLocaleString("en")} metrics made anew`,
      unit: "ms",
      targets: [{ than: "client_golang", times: 3 }],
    });
    const peers = await session.able(PEERS, ({ kinds }) => kinds.includes("fresh"));
    await session.inTurn(peers, async (side) => {
      await side.ask({ do: "build", workload });
      row.add(
        side.name,
        await timeTask(side, "render", workload, "all", session.sizes.repetition),
      );
    });
  },
};
