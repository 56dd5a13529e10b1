/**
 * The check, before all measures, that every library exposes the same.
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import { ALLOWANCES, differences } from "./equality.ts";
import type { PeerName } from "../peers/peers.ts";
import type { Session } from "./session.ts";
import { readProtobufSnapshot, readSnapshot, Replica, type Snapshot } from "./snapshot.ts";
import {
  type Change,
  CHANGES,
  makeWorkload,
  RESIZED,
  selection,
  type Workload,
} from "./workload.ts";

/** The error for a library that exposes something else than the workload. */
export class InequalityError extends Error {}

/**
 * Compares the expositions of all libraries with the expected ones: of small workloads initially and after each kind of change, and
 * of the measured workloads after all changes.
 *
 * @throws {InequalityError} If there is a difference.
 */
export async function verify(session: Session): Promise<void> {
  const { workload, histograms, requests } = session.sizes;
  const large = [
    makeWorkload("counter", ...workload),
    makeWorkload("histogram", ...histograms),
    makeWorkload("fresh", ...workload),
    makeWorkload("declared", ...workload),
  ];
  for (const name of session.peers) {
    const { kinds, resizes } = await session.abilities(name);
    const changes = resizes ? [...CHANGES, RESIZED] as const : CHANGES;
    for (const workload of large.filter(({ kind }) => kinds.includes(kind))) {
      await verifyWorkload(session, name, makeWorkload(workload.kind, ...requests), changes);
      await verifyWorkload(session, name, workload, []);
    }
  }
}

/** Compares initially, after each of some changes, and after one of each kind. */
async function verifyWorkload(
  session: Session,
  name: PeerName,
  workload: Workload,
  changes: readonly Change[],
): Promise<void> {
  await using side = session.start(name);
  const { tasks } = await session.abilities(name);
  const codings = (["render", "gzip", "protobuf"] as const).filter((task) => tasks.includes(task));
  const path = `${session.folder}/exposition`;
  const replica = new Replica(workload);

  const change = async (change: Change, n: number) => {
    const part = selection(workload, change, n);
    await side.ask({ do: "change", selection: part });
    replica.change(part);
  };
  const check = async (when: string) => {
    for (const task of codings) {
      await side.ask({ do: "dump", task, path });
      const bytes = await Deno.readFile(path);
      const what = `${workload.kind} ${when}, ${task}`;
      if (task === "protobuf") assertSame(replica, readProtobufSnapshot(bytes), name, what);
      else assertEqual(replica, task === "gzip" ? gunzipSync(bytes) : bytes, name, what);
    }
  };

  await side.ask({ do: "build", workload });
  if (changes.length > 0) await check("at first");
  for (const [n, kind] of changes.entries()) {
    await change(kind, n);
    await check(`after change "${kind}"`);
  }
  for (const [n, kind] of CHANGES.entries()) await change(kind, n);
  await check("after all changes");
}

/**
 * Compares an exposition as text with the expected one.
 *
 * @throws {InequalityError} If there is a difference.
 */
export function assertEqual(
  replica: Replica,
  exposition: Uint8Array,
  name: PeerName,
  when: string,
): void {
  const text = new TextDecoder().decode(exposition);
  assertSame(replica, readSnapshot(text, `${name}, ${when}`), name, when);
}

function assertSame(replica: Replica, actual: Snapshot, name: PeerName, when: string): void {
  const found = differences(replica.snapshot(), actual, ALLOWANCES[name]);
  if (found.length === 0) return;
  throw new InequalityError(
    `Cannot compare ${name}: it does not expose what it was given, ${when}:\n${found.join("\n")}`,
  );
}
