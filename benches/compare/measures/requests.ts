/**
 * Throughput of scrapes.
 *
 * @module
 */

import type { Row } from "../row.ts";
import type { Measure, Session } from "../session.ts";
import { makeWorkload, seriesCount } from "../workload.ts";

const CONNECTIONS = 16;

/** Requests per second for a small, unchanged exposition, by `wrk` with one thread. */
export const requests: Measure = {
  name: "requests",
  async run(session: Session): Promise<void> {
    if (!await hasWrk()) {
      session.note("requests: skipped, because wrk is not installed: apt-get install wrk");
      return;
    }
    const workload = makeWorkload("counter", ...session.sizes.requests);
    const label = `${
      seriesCount(workload).toLocaleString("en")
    } series, ${CONNECTIONS} connections`;
    const rows: [Row, string[]][] = [
      [
        session.row({
          measure: "requests",
          label,
          unit: "requests/s",
          targets: [{ than: "prom-client", times: 3 }, { than: "client_golang", times: 1 }],
        }),
        [],
      ],
      [
        session.row({ measure: "requests", label: `${label}, gzip`, unit: "requests/s" }),
        ["-H", "Accept-Encoding: gzip"],
      ],
    ];
    const peers = await session.able(
      [
        "exporter",
        "client_js",
        "prom-client",
        "client_golang",
        "client_golang_1.23",
        "victoriametrics",
      ],
      ({ serves }) => serves,
    );
    await session.inTurn(peers, async (side) => {
      await side.ask({ do: "build", workload });
      const { port } = await side.ask({ do: "serve" });
      for (const [row, args] of rows) {
        row.add(side.name, await wrk(port, session.sizes.requesting, args));
      }
    });
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

async function wrk(port: number, seconds: number, args: readonly string[]): Promise<number> {
  const url = `http://127.0.0.1:${port}/metrics`;
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t", "1", "-c", `${CONNECTIONS}`, "-d", `${seconds}s`, ...args, url],
    stderr: "inherit",
  }).output();
  const output = new TextDecoder().decode(stdout);
  const [, rate] = /^Requests\/sec:\s*([\d.]+)/m.exec(output) ?? [];
  if (rate === undefined || /Non-2xx|Socket errors/.test(output)) {
    throw new Error(`Cannot count requests: wrk says\n${output}`);
  }
  return Number(rate);
}
