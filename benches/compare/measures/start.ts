/**
 * The startup time of a program.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { OURS } from "../../peers/peers.ts";
import { lines } from "../lines.ts";
import { Scraper } from "../scraper.ts";
import type { Measure, Session } from "../session.ts";
import { median } from "../statistics.ts";

const EXAMPLE = program("../../../examples/basic.ts");
const EMPTY = program("../../peers/empty/server.ts");

/** The time from the start of the example to its first scrape, compared with that of an empty server. */
export const start: Measure = {
  name: "start",
  async run(session: Session): Promise<void> {
    const row = (label: string, atMost?: number) =>
      session.row({
        measure: "start",
        label,
        unit: "ms",
        targets: atMost === undefined ? [] : [{ atMost }],
      });
    const example = row("examples/basic.ts to its first scrape");
    const empty = row("an empty Deno.serve likewise");
    const difference = row("the difference", 150);
    // Deno caches compiled code from the first start on.
    await timeStart(EXAMPLE, ["--port", "0"]);
    await timeStart(EMPTY, []);
    await session.repeat(async () => {
      const ours: number[] = [];
      const bare: number[] = [];
      for (let i = 0; i < session.sizes.starts; i++) {
        ours.push(await timeStart(EXAMPLE, ["--port", "0"]));
        bare.push(await timeStart(EMPTY, []));
      }
      example.add(OURS, median(ours));
      empty.add(OURS, median(bare));
      difference.add(OURS, median(ours) - median(bare));
    });
  },
};

function program(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

async function timeStart(file: string, args: readonly string[]): Promise<number> {
  const begin = performance.now();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", file, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const output: string[] = [];
  try {
    for await (const line of lines(process.stderr)) {
      output.push(line);
      const [, port] = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(line) ?? [];
      if (port === undefined) continue;
      using scraper = await Scraper.connect(Number(port));
      const { status } = await scraper.scrape();
      if (status !== 200) throw new Error(`Cannot scrape ${file}: status ${status}`);
      return performance.now() - begin;
    }
  } finally {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has already exited.
    }
    await process.status;
  }
  throw new Error(`Cannot start ${file}:\n${output.join("\n")}`);
}
