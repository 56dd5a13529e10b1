import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { usage } from "../cli/command.ts";
import { parseConfig } from "../config.ts";
import { Counter } from "../counter.ts";
import { Exporter } from "../exporter.ts";
import { Registry } from "../registry.ts";
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

Deno.test("README.md shows a configuration that is valid, with every key", async () => {
  const [toml, ...others] = blocks(await read("README.md"), "toml");
  assertEquals(others, []);
  const { metrics: [metric], labels, extra: _, ...settings } = parseConfig(toml!);
  assertEquals(settings, {
    source: "",
    name: "doors",
    listenIp: "127.0.0.1",
    listenPort: 9999,
    cacheLife: 30,
    logLevel: "info",
    logFormat: "text",
  });
  assertEquals([...labels], [["site", "north"]]);
  assertEquals(metric?.name, "doors_open");
});

Deno.test("README.md names every option of the command line", async () => {
  const readme = await read("README.md");
  const options = usage("main.ts").match(/(?<=^.*)--?[a-z-]+/gm)!;
  assert(options.length >= 7);
  for (const option of options) assertStringIncludes(readme, `\`${option}\``);
});

Deno.test("README.md names every metric about the exporter itself", async () => {
  const readme = await read("README.md");
  const configFile = await Deno.makeTempFile();
  const registry = new Registry();
  registry.register(new Counter("jobs_total", "Jobs.", { maxSeries: 1 }));
  const exporter = new Exporter({
    configFile,
    registry,
    runtimeMetrics: false,
    cacheLife: 1,
  });
  const names = (await exporter.export()).match(/(?<=^# TYPE )exporter_\w+/gm)!;
  await Deno.remove(configFile);
  assertEquals(names.length, 8);
  for (const name of names) assertStringIncludes(readme, `\`${name}\``);
});

Deno.test("documents link to files and headings that exist", async () => {
  const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...pages("docs")];
  for (const path of documents) {
    for (const [, link] of (await read(path)).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const { href, hash } = new URL(link!, new URL(path, ROOT));
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

/** Where links within a page can lead to. */
function anchors(markdown: string): Set<string> {
  const headings = markdown.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm);
  return new Set(Array.from(headings, ([, heading]) => {
    const words = heading!.toLowerCase().replaceAll(/[^\w\s-]/g, "");
    return `#${words.replaceAll(" ", "-")}`;
  }));
}

Deno.test("docs/architecture.md names every module", async () => {
  const architecture = await read("docs/architecture.md");
  for await (const { name } of Deno.readDir(ROOT)) {
    if (!name.endsWith(".ts")) continue;
    assert(architecture.includes(`\`${name.slice(0, -3)}\``), `${name} is missing`);
  }
});

Deno.test("VERSION is that of deno.json and has an entry in CHANGELOG.md", async () => {
  assertEquals(VERSION, JSON.parse(await read("deno.json")).version);
  assertStringIncludes(await read("CHANGELOG.md"), `\n## ${VERSION}\n`);
});

Deno.test("README.md begins with an exporter that runs", async () => {
  const [code] = blocks(await read("README.md"), "ts");
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
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

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
