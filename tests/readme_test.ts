import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { VERSION } from "../version.ts";
import { filesIn } from "./support/files.ts";
import { anchors, relativeLinks } from "./support/markdown.ts";
import { Program, ROOT } from "./support/program.ts";

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

function blocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\S+).*\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , block]) => block!);
}

Deno.test("documents link to files and headings that exist", async () => {
  const pages = ["docs/", "examples/"].flatMap(filesIn).filter((path) => path.endsWith(".md"));
  const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...pages];
  for (const path of documents) {
    for (const link of relativeLinks(await read(path))) {
      const { href, hash } = new URL(link, new URL(path, ROOT));
      const target = new URL(href.slice(0, href.length - hash.length));
      const { isFile } = await Deno.stat(target);
      if (hash === "") continue;
      assert(isFile && anchors(await Deno.readTextFile(target)).has(hash), `${path}: ${link}`);
    }
  }
});

Deno.test("README.md defines every link that it refers to, and uses every definition", async () => {
  const text = (await read("README.md")).replaceAll(/^```[^]*?^```$|`[^`\n]*`/gm, "");
  const definitions = /^\[([^\]]+)\]: .*$/gm;
  const defined = Array.from(text.matchAll(definitions), ([, name]) => name!);
  const prose = text.replaceAll(definitions, "");
  const used = Array.from(
    prose.matchAll(/(?:\]\[|(?<!\])\[)([^\]]+)\](?![[(])/g),
    ([, name]) => name!,
  );
  assertEquals([...new Set(used)].sort(), defined.sort());
});

Deno.test("docs/architecture.md names every module, under its folder", async () => {
  const architecture = await read("docs/architecture.md");
  const [, modules = ""] = /^## Modules$([^]*?)^## /m.exec(architecture) ?? [];
  for (const section of modules.split(/^### /m).slice(1)) {
    const [title = ""] = section.split("\n");
    const folder = title === "Root" ? "./" : title;
    const names = [...Deno.readDirSync(new URL(folder, ROOT))]
      .filter(({ name }) => name.endsWith(".ts"))
      .map(({ name }) => name.slice(0, -3));
    const listed = Array.from(
      section.matchAll(/^- ((?:`\w+`(?:, |; )?)+)/gm),
      ([, list]) => [...list!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
    ).flat();
    const inText = (name: string) => section.includes(`\`${name}\``);
    assertEquals(names.filter((name) => !inText(name)), [], `missing in ${title}`);
    assertEquals(listed.filter((name) => !names.includes(name)), [], `unknown in ${title}`);
  }
});

Deno.test("VERSION is that of deno.json and has an entry in CHANGELOG.md", async () => {
  assertEquals(VERSION, JSON.parse(await read("deno.json")).version);
  assertStringIncludes(await read("CHANGELOG.md"), `\n## ${VERSION}\n`);
});

Deno.test("README.md begins with an exporter that runs, and shows what it exposes", async () => {
  const readme = await read("README.md");
  const [code] = blocks(readme, "ts");
  const [excerpt, ...others] = blocks(readme, "text");
  assertEquals(others, []);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/exporter.ts`, code!);
    await Deno.writeTextFile(`${folder}/config.toml`, "listen_port = 0");
    const config = fileURLToPath(new URL("deno.json", ROOT));
    await using program = Program.deno(["run", "-A", `--config=${config}`, "exporter.ts"], {
      cwd: folder,
    });
    const text = await (await fetch(new URL("metrics", await program.url()))).text();
    assertMatch(text, /^node_load1\{site="north"\} [\d.]+$/m);
    assertStringIncludes(
      text,
      `file_size_bytes{site="north",name="exporter.ts"} ${code!.length}\n`,
    );
    const shown = withoutVolatile(excerpt!);
    assert(shown.length >= 10);
    const exposed = withoutVolatile(text);
    assertEquals(exposed.filter((line) => shown.includes(line)), shown);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The lines of an exposition, without the values that differ from run to run. */
function withoutVolatile(text: string): string[] {
  return text.trimEnd().split("\n")
    .map((line) => line.replace(/^((?:node|process)_\w+\{.*\}) [\d.e+]+$/, "$1"));
}

Deno.test("README.md shows programs that pass the type check", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const programs = blocks(await read("README.md"), "ts");
    assert(programs.length >= 3);
    for (const [i, code] of programs.entries()) {
      await Deno.writeTextFile(`${folder}/${i}.ts`, code);
    }
    const config = fileURLToPath(new URL("deno.json", ROOT));
    await using program = Program.deno(["check", `--config=${config}`, "."], { cwd: folder });
    const { code, stderr } = await program.ended();
    assertEquals(code, 0, stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
