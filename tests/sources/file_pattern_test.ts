import { assertEquals, assertMatch } from "@std/assert";
import { FilePattern } from "../../sources/file_pattern.ts";
import { TempFolder } from "../support/configured.ts";

const FILES = {
  "a.prom": "",
  "b.prom": "",
  "b.txt": "",
  ".hidden.prom": "",
  "c.prom.tmp": "",
  "x1/d.prom": "",
  "x1/e.txt": "",
  "x2/d.prom": "",
  "y/deep/f.prom": "",
  "[z].prom": "",
};

async function find(pattern: string): Promise<{ paths: string[]; errors: string[] }> {
  using folder = new TempFolder(FILES);
  Deno.symlinkSync("/no/such/folder", `${folder.path}/x0`);
  const { paths, errors } = await new FilePattern(`${folder.path}${pattern}`).find();
  const shorten = (text: string) => text.replaceAll(folder.path, "");
  return { paths: paths.map(shorten), errors: errors.map(({ message }) => shorten(message)) };
}

for (
  const [pattern, expected] of [
    ["/*.prom", ["/[z].prom", "/a.prom", "/b.prom"]],
    ["/b.*", ["/b.prom", "/b.txt"]],
    ["/?.prom", ["/a.prom", "/b.prom"]],
    ["/[ac].prom", ["/a.prom"]],
    ["/[!a].prom", ["/b.prom"]],
    ["/[a-b].prom", ["/a.prom", "/b.prom"]],
    ["/.*.prom", ["/.hidden.prom"]],
    ["/x*/d.prom", ["/x1/d.prom", "/x2/d.prom"]],
    ["/x*", ["/x1/d.prom", "/x2/d.prom"]],
    ["/*/*/*.prom", ["/y/deep/f.prom"]],
    ["/x*/e.*", ["/x1/e.txt"]],
    ["/a.prom", ["/a.prom"]],
    ["", ["/[z].prom", "/a.prom", "/b.prom"]],
    ["/*.nothing", []],
  ] as const
) {
  Deno.test(`FilePattern.find() finds files with "${pattern}"`, async () => {
    assertEquals(await find(pattern), { paths: [...expected], errors: [] });
  });
}

Deno.test("FilePattern.find() tells that a file or folder without wildcards does not exist", async () => {
  for (const pattern of ["/none/*.prom", "/none.prom"]) {
    const { paths, errors } = await find(pattern);
    assertEquals(paths, []);
    assertMatch(errors.join(), /^Cannot read "\/none(\.prom)?": no such file$/);
  }
});

Deno.test("FilePattern.base is the folder in which everything else is", () => {
  const paths = ["/a/b/*.prom", "/a/*/c", "/a/b.prom", "/*.prom", "*.prom", "a/*.prom"];
  const bases = paths.map((path) => new FilePattern(path).base);
  assertEquals(bases, ["/a/b", "/a", "/a/b.prom", "/", ".", "a"]);
});

Deno.test("FilePattern.find() finds files in the working directory", async () => {
  const { paths } = await new FilePattern("LICENS?").find();
  assertEquals(paths, ["LICENSE"]);
  assertEquals((await new FilePattern("docs/comp*.md").find()).paths, ["docs/comparison.md"]);
  assertEquals((await new FilePattern("/et*/passwd").find()).paths, ["/etc/passwd"]);
});
