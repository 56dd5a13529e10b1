/**
 * The check that comes before all times: every library exposes the same.
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import { differences, OWN_FAMILIES } from "./equality.ts";
import type { PeerName } from "../peers/peers.ts";
import type { Session } from "./session.ts";
import type { Side } from "./side.ts";
import { readSnapshot, Replica } from "./snapshot.ts";
import { CHANGES, makeWorkload, selection, type Workload } from "./workload.ts";

/** A library exposes something else than what it was given. */
export class InequalityError extends Error {}

/**
 * Compares what all libraries expose, at first and after each kind of change, with what they should.
 *
 * @throws {InequalityError} If there is a difference.
 */
export async function verify(session: Session): Promise<void> {
  const workloads = [
    makeWorkload("counter", ...session.sizes.workload),
    makeWorkload("histogram", ...session.sizes.histograms),
    makeWorkload("fresh", ...session.sizes.workload),
  ];
  for (const name of session.peers) {
    const { kinds, tasks } = await session.abilities(name);
    for (const workload of workloads.filter(({ kind }) => kinds.includes(kind))) {
      await using side = session.start(name);
      await verifySide(side, workload, tasks.includes("gzip"), `${session.folder}/exposition`);
    }
  }
}

async function verifySide(
  side: Side,
  workload: Workload,
  hasGzip: boolean,
  path: string,
): Promise<void> {
  const replica = new Replica(workload);
  const check = async (when: string) => {
    await side.ask({ do: "dump", task: "render", path });
    assertEqual(replica, await Deno.readFile(path), side.name, when);
    if (!hasGzip) return;
    await side.ask({ do: "dump", task: "gzip", path });
    assertEqual(replica, gunzipSync(await Deno.readFile(path)), side.name, `${when}, as gzip`);
  };
  await side.ask({ do: "build", workload });
  await check(`${workload.kind} at first`);
  for (const [n, change] of CHANGES.entries()) {
    const part = selection(workload, change, n);
    await side.ask({ do: "change", selection: part });
    replica.change(part);
    await check(`${workload.kind} after change "${change}"`);
  }
}

/**
 * Compares an exposition with what it should be.
 *
 * @throws {InequalityError} If there is a difference.
 */
export function assertEqual(
  replica: Replica,
  exposition: Uint8Array,
  name: PeerName,
  when: string,
): void {
  const actual = readSnapshot(new TextDecoder().decode(exposition), `${name}, ${when}`);
  const found = differences(replica.snapshot(), actual, OWN_FAMILIES[name]);
  if (found.length === 0) return;
  throw new InequalityError(
    `Cannot compare ${name}: it does not expose what it was given, ${when}:\n${found.join("\n")}`,
  );
}
