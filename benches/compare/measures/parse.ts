/**
 * Parsing of expositions.
 *
 * @module
 */

import { OURS } from "../../peers/peers.ts";
import type { Measure, Session } from "../session.ts";
import { median } from "../statistics.ts";
import { makeWorkload } from "../workload.ts";

/** The rate of parsing W. */
export const parse: Measure = {
  name: "parse",
  async run(session: Session): Promise<void> {
    const path = `${session.folder}/parsed`;
    {
      await using side = session.start(OURS);
      await side.ask({
        do: "build",
        workload: makeWorkload("counter", ...session.sizes.workload),
      });
      await side.ask({ do: "dump", task: "render", path });
    }
    const { size } = await Deno.stat(path);
    const row = session.row({
      measure: "parse",
      label: `W, ${(size / 1e6).toFixed(1)} MB of text`,
      unit: "MB/s",
      targets: [{ atLeast: 150 }, { than: "client_golang", times: 3 }],
    });
    const peers = await session.able(
      [OURS, "client_golang", "client_golang_1.23"],
      ({ tasks }) => tasks.includes("parse"),
    );
    await session.inTurn(peers, async (side) => {
      const { times } = await side.ask({
        do: "time",
        task: "parse",
        selections: [],
        path,
        ...session.sizes.repetition,
      });
      row.add(side.name, size / 1e3 / median(times));
    });
  },
};
