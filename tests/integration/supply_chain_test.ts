/** What is published, what it depends on, and under which licenses. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { existsSync } from "node:fs";
import { type BillOfMaterials, billOfMaterials } from "../../tools/bill_of_materials.ts";
import { licensesOf, unacceptable } from "../../tools/licenses.ts";
import { publishedFiles } from "../../tools/published_files.ts";
import { Program, ROOT } from "../support/program.ts";

const CONFIG = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));

/** Checks what the schema of CycloneDX 1.6 requires of the parts that are used. */
function assertValid({ bomFormat, specVersion, serialNumber, ...bill }: BillOfMaterials): void {
  assertEquals([bomFormat, specVersion, bill.version], ["CycloneDX", "1.6", 1]);
  assertMatch(serialNumber, /^urn:uuid:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/);
  const components = [bill.metadata.component, ...bill.components];
  const references = components.map((component) => component["bom-ref"]);
  assertEquals(new Set(references).size, references.length);
  for (const { type, name, hashes, purl, scope } of components) {
    assert(["library", "file"].includes(type) && name !== "");
    assert(type === "file" ? hashes?.length === 1 : purl !== undefined);
    for (const { alg, content } of hashes ?? []) {
      assertEquals(alg, "SHA-256");
      assertMatch(content, /^[\da-f]{64}$/);
    }
    if (purl !== undefined) assertMatch(purl, /^pkg:(jsr|npm)\/(%40[\w-]+\/)?[\w-]+@[\w.-]+$/);
    assert([undefined, "required", "optional"].includes(scope));
  }
  for (const { ref, dependsOn } of bill.dependencies) {
    for (const reference of [ref, ...dependsOn]) assert(references.includes(reference), reference);
  }
}

Deno.test("billOfMaterials() is valid, and has the files and packages of the published package", async () => {
  const bill = await billOfMaterials(ROOT);
  assertValid(bill);
  const { name, version } = bill.metadata.component;
  assertEquals([`@exporter/${name}`, version], [CONFIG.name, CONFIG.version]);
  const required = bill.components.filter(({ scope }) => scope === "required");
  const names = required.map(({ group, name }) => group === undefined ? name : `${group}/${name}`);
  assertEquals(names, ["@std/log", "@std/toml", "re2js", "snappyjs"]);
  const files = bill.components.filter(({ type }) => type === "file").map(({ name }) => name);
  assertEquals(files, await publishedFiles(ROOT));
});

Deno.test("publishedFiles() has nothing that users do not need", async () => {
  const files = await publishedFiles(ROOT);
  assert(files.includes("mod.ts") && files.includes("LICENSE") && files.includes("SECURITY.md"));
  const unwanted =
    /^(\.|benches\/|offline\/|tests\/|tools\/|node_modules\/)|(_test|_bench)\.ts$|\/\./;
  assertEquals(files.filter((path) => unwanted.test(path)), []);
});

/** Clones the last commit, with another mask and other times. */
async function clone(folder: string, mask: string, time: string): Promise<URL> {
  const script =
    `umask ${mask} && git clone --quiet "$0" "$1" && find "$1" -exec touch -d ${time} {} +`;
  await using program = new Program("sh", ["-c", script, ROOT.pathname, folder]);
  const { code, stderr } = await program.ended();
  assertEquals(code, 0, stderr);
  return new URL(`file://${folder}/`);
}

Deno.test({
  name: "billOfMaterials() is the same for two clones with other times and rights",
  ignore: !existsSync(new URL(".git", ROOT)),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const [a, b] = await Promise.all([
        clone(`${folder}/a`, "022", "2001-01-01"),
        clone(`${folder}/b`, "077", "2024-12-31"),
      ]);
      assertEquals(await billOfMaterials(a), await billOfMaterials(b));
      await Deno.writeTextFile(new URL("LICENSE", b), "changed");
      const [before, after] = [await billOfMaterials(a), await billOfMaterials(b)];
      assert(before.serialNumber !== after.serialNumber);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("licensesOf() finds acceptable licenses for all dependencies", async () => {
  const packages = await licensesOf(Object.values<string>(CONFIG.imports));
  assert(packages.length >= Object.keys(CONFIG.imports).length);
  assertEquals(unacceptable(packages), []);
});

Deno.test("licensesOf() knows no license of an unknown package on JSR", async () => {
  const packages = await licensesOf(["jsr:@other/package@1"]);
  assertEquals(unacceptable(packages), packages);
});

Deno.test("unacceptable() finds licenses that are not on the list", () => {
  const of = (license: unknown) => unacceptable([{ name: "a", license }]).length === 0;
  assertEquals(["MIT", "(MIT OR GPL-3.0)", "Apache-2.0"].map(of), [true, true, true]);
  const bad = ["GPL-3.0", "MIT AND GPL-3.0", "SEE LICENSE IN x", "", undefined, { type: "MIT" }];
  assertEquals(bad.map(of), bad.map(() => false));
});

Deno.test("publishedFiles() rejects a folder that cannot be published", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/offline/jsr`, { recursive: true });
    await assertRejects(() => publishedFiles(new URL(`file://${folder}/`)), Error, "Cannot list");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("unacceptable() allows a license of files for what only tests use", () => {
  const of = (name: string) => unacceptable([{ name, license: "MPL-2.0" }]).length === 0;
  assertEquals([of("axe-core@4.14.1"), of("other@1.0.0")], [true, false]);
});
