/**
 * Rendering of expositions as text.
 *
 * @module
 */

import { OURS, PEERS } from "../../peers/peers.ts";
import { ALLOWANCES } from "../equality.ts";
import type { Row, RowInit } from "../row.ts";
import type { Measure, Session } from "../session.ts";
import { timeTask } from "../task.ts";
import { type Change, makeWorkload, seriesCount } from "../workload.ts";

const CASES: readonly (Omit<RowInit, "measure" | "unit"> & { change: Change })[] = [
  {
    change: "all",
    label: "every series changed",
    targets: [
      { than: "client_js", times: 6 },
      { than: "client_golang", times: 20 },
      { than: "victoriametrics", times: 5 },
    ],
  },
  {
    change: "scattered",
    label: "1 % scattered",
    targets: [{ than: "client_js", times: 50 }],
  },
  { change: "none", label: "nothing changed", targets: [{ than: "client_js", times: 150 }] },
];

/** The time to render workload W as text, as the library returns it and as bytes. */
export const render: Measure = {
  name: "render",
  async run(session: Session): Promise<void> {
    const { workload: size, repetition } = session.sizes;
    const workload = makeWorkload("counter", ...size);
    const count = seriesCount(workload).toLocaleString("en");
    const rows = CASES.map((init): [Change, Row] => [
      init.change,
      session.row({ ...init, measure: "render", unit: "ms" }),
    ]);
    const bytes = session.row({
      measure: "render",
      label: "every series changed, as UTF-8",
      unit: "ms",
    });
    session.note(`W is ${size[0]} families of ${size[1]} counters, ${count} series.`);
    const strings = await session.able(PEERS, ({ produces }) => produces === "string");
    if (strings.length > 0) {
      session.note(`render: ${strings.join(", ")} return a string, the others bytes.`);
    }
    const untyped = session.peers.filter((name) => ALLOWANCES[name]?.isUntyped);
    if (untyped.length > 0) {
      session.note(`${untyped.join(", ")} writes samples only, without # HELP and # TYPE.`);
    }

    await session.inTurn(session.peers, async (side) => {
      const { produces } = await session.abilities(side.name);
      await side.ask({ do: "build", workload });
      for (const [change, row] of rows) {
        // It is slow and keeps nothing between scrapes, so one case is enough.
        if (side.name === "client_python" && change !== "all") continue;
        const time = await timeTask(side, "render", workload, change, repetition);
        row.add(side.name, time);
        if (change === "all" && produces === "bytes") bytes.add(side.name, time);
      }
      if (produces === "string") {
        bytes.add(side.name, await timeTask(side, "encode", workload, "all", repetition));
      }
    });
  },
};

/** The time to render histograms as text. */
export const histograms: Measure = {
  name: "histograms",
  async run(session: Session): Promise<void> {
    const { histograms: size, repetition } = session.sizes;
    const workload = makeWorkload("histogram", ...size);
    const count = seriesCount(workload).toLocaleString("en");
    const row = session.row({
      measure: "histograms",
      label: `${count} of ${workload.buckets.length} buckets, every one changed`,
      unit: "ms",
    });
    const peers = await session.able(PEERS, ({ kinds }) => kinds.includes("histogram"));
    await session.inTurn(peers, async (side) => {
      await side.ask({ do: "build", workload });
      row.add(side.name, await timeTask(side, "render", workload, "all", repetition));
    });
  },
};

/** The cost per series for growing numbers of series. */
export const growth: Measure = {
  name: "growth",
  async run(session: Session): Promise<void> {
    const { growth: counts, repetition } = session.sizes;
    const row = (count: number) =>
      session.row({
        measure: "growth",
        label: `a series of ${count.toLocaleString("en")}, every one changed`,
        unit: "ns",
      });
    const rows = counts.map((count) => ({ count, row: row(count) }));
    const flatness = session.row({
      measure: "growth",
      label: "the most expensive beside the cheapest",
      unit: "×",
      targets: [{ atMost: 1.5 }],
    });
    await session.repeat(async () => {
      const costs: number[] = [];
      for (const { count, row } of rows) {
        await using side = session.start(OURS);
        const workload = makeWorkload("counter", Math.ceil(count / 1000), Math.min(count, 1000));
        await side.ask({ do: "build", workload });
        const time = await timeTask(side, "render", workload, "all", repetition);
        costs.push(time * 1e6 / count);
        row.add(OURS, costs.at(-1)!);
      }
      flatness.add(OURS, Math.max(...costs) / Math.min(...costs));
    });
  },
};
