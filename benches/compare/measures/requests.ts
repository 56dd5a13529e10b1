/**
 * Throughput of scrapes.
 *
 * @module
 */

import { OURS, PEERS } from "../../peers/peers.ts";
import type { RowInit } from "../row.ts";
import type { Measure, Session } from "../session.ts";
import { makeWorkload, seriesCount } from "../workload.ts";

/** The most connections. */
const MANY = 16;

const ACCEPT_GZIP = ["-H", "Accept-Encoding: gzip"];

/** Requests per second for small, unchanged expositions, by `wrk` with one thread. */
export const requests: Measure = {
  name: "requests",
  async run(session: Session): Promise<void> {
    if (!await hasWrk()) {
      session.note("requests: skipped, because wrk is not installed: apt-get install wrk");
      return;
    }
    const { requests, requesting, few } = session.sizes;
    const peers = await session.able(PEERS, ({ serves }) => serves);
    const thrice = peers.filter((than) => than !== OURS).map((than) => ({ than, times: 3 }));
    for (
      const [size, cases] of [
        [requests, [
          [MANY, [], [{ than: "prom-client", times: 3 }, { than: "client_golang", times: 1 }]],
          [MANY, ACCEPT_GZIP, []],
        ]],
        [few, [[1, [], thrice], [MANY, [], thrice]]],
      ] as [
        size: readonly [number, number],
        cases: [connections: number, args: string[], targets: NonNullable<RowInit["targets"]>][],
      ][]
    ) {
      const workload = makeWorkload("counter", ...size);
      const rows = cases.map(([connections, args, targets]) => ({
        connections,
        args,
        row: session.row({
          measure: "requests",
          label: `${seriesCount(workload).toLocaleString("en")} series, ${connections} connection${
            connections === 1 ? "" : "s"
          }${args.length === 0 ? "" : ", gzip"}`,
          unit: "requests/s",
          targets,
        }),
      }));
      await session.inTurn(peers, async (side) => {
        await side.ask({ do: "build", workload });
        const { port } = await side.ask({ do: "serve" });
        for (const { connections, args, row } of rows) {
          row.add(
            side.name,
            await wrk(port, ["-c", `${connections}`, "-d", `${requesting}s`, ...args]),
          );
        }
      });
    }
  },
};

async function hasWrk(): Promise<boolean> {
  try {
    await new Deno.Command("wrk", { args: ["--version"] }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function wrk(port: number, args: readonly string[]): Promise<number> {
  const url = `http://127.0.0.1:${port}/metrics`;
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t", "1", ...args, url],
    stderr: "inherit",
  }).output();
  const output = new TextDecoder().decode(stdout);
  const [, rate] = /^Requests\/sec:\s*([\d.]+)/m.exec(output) ?? [];
  if (rate === undefined || /Non-2xx|Socket errors/.test(output)) {
    throw new Error(`Cannot count requests: wrk says\n${output}`);
  }
  return Number(rate);
}
