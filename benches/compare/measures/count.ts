/**
 * The cost of counting.
 *
 * @module
 */

import { PEERS } from "../../peers/peers.ts";
import type { Operation } from "../protocol.ts";
import type { Measure, Session } from "../session.ts";
import { median } from "../statistics.ts";

const CASES: readonly { operation: Operation; label: string; atMost: number }[] = [
  { operation: "kept", label: "inc() on a kept child", atMost: 3.5 },
  { operation: "values", label: 'labels("a", "b", "c").inc()', atMost: 80 },
  { operation: "object", label: "labels({…}).inc()", atMost: 120 },
  { operation: "observe", label: "observe(), 11 buckets", atMost: 12 },
  { operation: "native", label: "observe(), native", atMost: 40 },
];

/** The time of operations of instruments, each in a separate process. */
export const count: Measure = {
  name: "count",
  async run(session: Session): Promise<void> {
    for (const { operation, label, atMost } of CASES) {
      const row = session.row({ measure: "count", label, unit: "ns", targets: [{ atMost }] });
      const peers = await session.able(PEERS, ({ operations }) => operations.includes(operation));
      await session.inTurn(peers, async (side) => {
        const seconds = session.sizes.operation;
        const { times, done, counted } = await side.ask({ do: "operate", operation, seconds });
        if (done !== counted) {
          throw new Error(`Cannot time ${side.name}: it counted ${counted} operations of ${done}`);
        }
        row.add(side.name, median(times));
      });
    }
    session.note("count: labels({…}).inc() of opentelemetry is add(1, {…}).");
  },
};
