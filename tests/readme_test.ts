import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { VERSION } from "../version.ts";
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
  const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...pages("docs")];
  for (const path of documents) {
    for (const link of links(await read(path))) {
      const { href, hash } = new URL(link, new URL(path, ROOT));
      const target = new URL(href.slice(0, href.length - hash.length));
      const { isFile } = await Deno.stat(target);
      if (hash === "") continue;
      assert(isFile && anchors(await Deno.readTextFile(target)).has(hash), `${path}: ${link}`);
    }
  }
});

function pages(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? pages(path) : name.endsWith(".md") ? [path] : [];
  });
}

/** The relative links of a page, inline and in reference definitions. */
function links(markdown: string): string[] {
  const pattern = /(?:\]\(|^\[[^\]]+\]: )(?!https?:)([^)\s]+)/gm;
  return Array.from(markdown.matchAll(pattern), ([, link]) => link!);
}

Deno.test("README.md links in one place to files that are not published", async () => {
  const { publish: { include } } = JSON.parse(await read("deno.json"));
  const [text = "", list = "", ...others] = (await read("README.md")).split(/^<!-- .+ -->$/m);
  assertEquals(others, []);
  assert(links(list).length > 0);
  for (const link of links(text)) assert(link.startsWith("#") || include.includes(link), link);
});

Deno.test("README.md defines every link that it refers to, and uses every definition", async () => {
  const [text = "", list = ""] = (await read("README.md")).split(/^<!-- .+ -->$/m);
  const defined = Array.from(list.matchAll(/^\[([^\]]+)\]:/gm), ([, name]) => name!);
  const prose = text.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
  const used = Array.from(
    prose.matchAll(/(?:\]\[|(?<!\])\[)([^\]]+)\](?![[(])/g),
    ([, name]) => name!,
  );
  assertEquals([...new Set(used)].sort(), defined.sort());
});

/** The targets of links within a page. */
function anchors(markdown: string): Set<string> {
  const headings = markdown.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm);
  return new Set(Array.from(headings, ([, heading]) => {
    const words = heading!.toLowerCase().replaceAll(/[^\w\s-]/g, "");
    return `#${words.replaceAll(" ", "-")}`;
  }));
}

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
