/**
 * How long a scrape blocks the event loop.
 *
 * @module
 */

import { OURS } from "../../peers/peers.ts";
import { Scraper } from "../scraper.ts";
import type { Measure, Session } from "../session.ts";
import { median } from "../statistics.ts";
import { makeWorkload, selection } from "../workload.ts";

/** The longest time without a turn of the event loop during a scrape, after every series has changed. */
export const hold: Measure = {
  name: "hold",
  async run(session: Session): Promise<void> {
    const { ours, others, scrapes } = session.sizes.held;
    const row = (coding: string) =>
      session.row({
        measure: "hold",
        label: `scrape of ${ours.toLocaleString("en")} series, ${coding}`,
        unit: "ms",
        targets: [{ atMost: 10 }],
      });
    const rows = [{ gzip: false, row: row("text") }, { gzip: true, row: row("gzip") }];
    session.note(`hold: the other libraries have ${others.toLocaleString("en")} series.`);
    const peers = await session.able(
      [OURS, "client_js", "prom-client"],
      ({ serves, introspects }) => serves && introspects,
    );
    await session.inTurn(peers, async (side) => {
      const count = side.name === OURS ? ours : others;
      const workload = makeWorkload("counter", Math.ceil(count / 1000), Math.min(count, 1000));
      await side.ask({ do: "build", workload });
      const { port } = await side.ask({ do: "serve" });
      using scraper = await Scraper.connect(port);
      for (const { gzip, row } of rows) {
        const holds: number[] = [];
        // The first scrape of a process is slower, and does not count.
        for (let i = 0; i <= scrapes; i++) {
          await side.ask({ do: "change", selection: selection(workload, "all", i) });
          await side.ask({ do: "watch" });
          const { status } = await scraper.scrape({ gzip });
          if (status !== 200) throw new Error(`Cannot scrape ${side.name}: status ${status}`);
          const { longest } = await side.ask({ do: "held" });
          if (i > 0) holds.push(longest);
        }
        row.add(side.name, median(holds));
      }
    });
  },
};
