/**
 * Compares this library with others:
 *
 *     deno task bench:compare
 *
 * docs/performance.md explains the measurements and how to read the results.
 *
 * @module
 */

import { describeMachine } from "./compare/machine.ts";
import { MEASURES } from "./compare/measures/measures.ts";
import { type CompareOptions, parseOptions, usage } from "./compare/options.ts";
import { formatReport, reportData } from "./compare/report.ts";
import { FULL, Session, SHORT } from "./compare/session.ts";
import { verify } from "./compare/verify.ts";
import { preparePeers } from "./peers/peers.ts";

const NAMES = MEASURES.map(({ name }) => name);

/** Logs progress to standard error. Standard output has the result only. */
function log(message: string): void {
  console.error(message);
}

async function compare({ short, only, rounds, json }: CompareOptions): Promise<void> {
  const begin = performance.now();
  const folder = await Deno.makeTempDir();
  try {
    const machine = await describeMachine();
    log("Preparing the libraries");
    const { peers, missing } = await preparePeers({ folder });
    for (const { name, reason } of missing) log(`${name}: not compared. ${reason}`);
    const sizes = short ? SHORT : FULL;
    const session = new Session({ sizes, rounds, judges: !short, peers, folder, log });
    log("Checking that all expose the same");
    await verify(session);
    for (const measure of MEASURES) {
      if (only.length > 0 && !only.includes(measure.name)) continue;
      log(`Measuring ${measure.name}`);
      await measure.run(session);
    }
    const result = { session, machine, peers, missing, short, rounds };
    console.log(json ? JSON.stringify(reportData(result), null, 2) : formatReport(result));
    log(`Done in ${((performance.now() - begin) / 1000).toFixed(0)} seconds`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function readArguments(): CompareOptions {
  try {
    return parseOptions(Deno.args, NAMES);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(2);
  }
}

if (import.meta.main) {
  const options = readArguments();
  if (options.help) console.log(usage(NAMES));
  else await compare(options);
}
