/**
 * The protobuf body of a response.
 *
 * @module
 */

import { PEERS } from "../../peers/peers.ts";
import type { Measure, Session } from "../session.ts";
import { timeTask } from "../task.ts";
import { type Change, makeWorkload } from "../workload.ts";

const CASES: readonly (readonly [Change, label: string, times: number])[] = [
  ["all", "every series changed", 10],
  ["scattered", "1 % scattered", 30],
  ["none", "nothing changed", 30],
];

/** The time to create the protobuf body of W. */
export const protobuf: Measure = {
  name: "protobuf",
  async run(session: Session): Promise<void> {
    const workload = makeWorkload("counter", ...session.sizes.workload);
    const rows = CASES.map(([change, label, times]) => ({
      change,
      row: session.row({
        measure: "protobuf",
        label,
        unit: "ms",
        targets: (["client_golang", "client_golang_1.23"] as const).map((than) => ({
          than,
          times,
        })),
      }),
    }));
    const peers = await session.able(PEERS, ({ tasks }) => tasks.includes("protobuf"));
    await session.inTurn(peers, async (side) => {
      await side.ask({ do: "build", workload });
      for (const { change, row } of rows) {
        row.add(
          side.name,
          await timeTask(side, "protobuf", workload, change, session.sizes.repetition),
        );
      }
    });
  },
};
