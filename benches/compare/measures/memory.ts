/**
 * Memory per series.
 *
 * @module
 */

import type { Measure, Session } from "../session.ts";
import { makeWorkload, seriesCount } from "../workload.ts";

/** Heap and external memory, after a scrape of W as gzip and a garbage collection. */
export const memory: Measure = {
  name: "memory",
  async run(session: Session): Promise<void> {
    const workload = makeWorkload("counter", ...session.sizes.workload);
    const rows = [
      session.row({
        measure: "memory",
        label: "a counter series with three labels",
        unit: "bytes",
        targets: [{ atMost: 250 }],
      }),
      session.row({
        measure: "memory",
        label: "the same, with nothing kept between scrapes",
        unit: "bytes",
        targets: [{ than: "client_js", times: 1 }],
      }),
    ];
    const peers = await session.able(
      ["exporter", "client_js", "prom-client"],
      ({ introspects, tasks }) => introspects && tasks.includes("gzip"),
    );
    for (const [i, row] of rows.entries()) {
      await session.inTurn(peers, async (side) => {
        const { bytes } = await side.ask({ do: "memory", workload, frugal: i === 1 });
        row.add(side.name, bytes / seriesCount(workload));
      });
    }
  },
};
