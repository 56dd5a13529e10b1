/**
 * Files for the textfile collector of node_exporter.
 *
 * @see {@link https://github.com/prometheus/node_exporter#textfile-collector}
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import type { Registry } from "../registry.ts";
import { gatherAll } from "./gather_all.ts";
import { DEFAULT_VARIANT } from "../encode/format.ts";

/** node_exporter, which usually runs as another user, must be able to read the file. */
const MODE = 0o644;

/**
 * Writes what a registry exposes into a file, in the text format. Readers see the old file or the new one, never a part.
 *
 * @param path A name that ends in `.prom`, in the folder that node_exporter reads.
 * @throws {RangeError} If the name does not end in `.prom`, or a sample has a timestamp, which node_exporter refuses.
 * @throws {AggregateError} If a collector fails.
 * @throws {Error} If the file cannot be written. The old one stays.
 */
export async function writeTextfile(registry: Registry, path: string | URL): Promise<void> {
  const action = `Cannot write ${describe(String(path))}`;
  const file = path instanceof URL ? decodeURIComponent(path.pathname) : path;
  if (!file.endsWith(".prom")) {
    throw new RangeError(`${action}: expected a name that ends in .prom`);
  }
  const gathering = await gatherAll(action, registry);
  for (const { samples } of gathering.families) {
    const dated = samples.find(({ timestamp }) => timestamp !== undefined);
    if (dated !== undefined) {
      throw new RangeError(
        `${action}: ${dated.series} has a timestamp, which node_exporter refuses`,
      );
    }
  }
  const exposition = await registry.write(gathering, {
    variant: DEFAULT_VARIANT,
    encoding: "identity",
  });
  await replace(file, exposition.bytes());
}

/** Writes a file beside another one, and puts it in its place. */
async function replace(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true, mode: MODE });
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    await file.sync();
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
