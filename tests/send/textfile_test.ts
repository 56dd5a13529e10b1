import { assert, assertEquals, assertRejects } from "@std/assert";
import { Gauge, Metric, Registry } from "../../mod.ts";
import { writeTextfile } from "../../send/textfile.ts";

/** Calls a function with a folder of its own. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function makeRegistry(value: number): Registry {
  const registry = new Registry();
  registry.register(new Gauge("g", "G.")).set(value);
  return registry;
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name);
}

Deno.test("writeTextfile() replaces a file in one step, readable for all", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a b.prom`;
    for (const target of [path, new URL(`file://${folder}/a%20b.prom`)]) {
      await writeTextfile(makeRegistry(1), target);
      const before = await Deno.stat(path);
      const open = await Deno.open(path);
      await writeTextfile(makeRegistry(2), target);
      assertEquals(await Deno.readTextFile(path), "# HELP g G.\n# TYPE g gauge\ng 2\n");
      // Who has the old file open still reads that.
      assertEquals(await new Response(open.readable).text(), "# HELP g G.\n# TYPE g gauge\ng 1\n");
      const after = await Deno.stat(path);
      assert(before.ino !== after.ino);
      assertEquals(after.mode! & 0o444, 0o444 & ~(Deno.umask() & 0o444));
      assertEquals(namesIn(folder), ["a b.prom"]);
    }
  });
});

Deno.test("writeTextfile() keeps the old file, and leaves nothing beside it, when it fails", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.prom`;
    await writeTextfile(makeRegistry(1), path);
    const failing = makeRegistry(2);
    failing.register({ collect: () => Promise.reject(new Error("no disk")) }, { name: "disk" });
    await assertRejects(
      () => writeTextfile(failing, path),
      AggregateError,
      'collector "disk" failed',
    );
    const dated = new Registry();
    dated.register({ collect: () => [new Metric("d", { timestamp: new Date(0) })] });
    await assertRejects(() => writeTextfile(dated, path), RangeError, "d has a timestamp");
    await assertRejects(
      () => writeTextfile(makeRegistry(2), `${folder}/a.txt`),
      RangeError,
      ".prom",
    );
    await assertRejects(() => writeTextfile(makeRegistry(2), `${folder}/none/a.prom`));
    await Deno.mkdir(`${folder}/dir.prom`);
    await assertRejects(() => writeTextfile(makeRegistry(2), `${folder}/dir.prom`));
    assertEquals(namesIn(folder).sort(), ["a.prom", "dir.prom"]);
    assertEquals(await Deno.readTextFile(path), "# HELP g G.\n# TYPE g gauge\ng 1\n");
  });
});
