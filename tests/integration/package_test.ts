/**
 * The package as users get it: exactly the files that `deno publish` lists, laid out as a registry, and imported by programs elsewhere.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { filesIn } from "../support/files.ts";
import { relativeLinks } from "../support/markdown.ts";
import { Program, ROOT } from "../support/program.ts";

const { name: NAME, version: VERSION, exports: EXPORTS, imports: IMPORTS } = JSON.parse(
  Deno.readTextFileSync(new URL("deno.json", ROOT)),
);

/** Where programs import it from. */
const PACKAGE = `jsr:${NAME}@${VERSION}`;

/** What belongs to the package besides its modules. */
const DOCUMENTS = [
  ...["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "deno.json"],
  ...["docs/", "examples/"].flatMap(filesIn),
];

/** The folders of the repository whose modules are not part of the package. */
const NO_MODULES = ["benches", "docs", "examples", "offline", "tests", "tools"];

/** A registry with the package beside the stand-ins for its dependencies, and a folder for programs. */
class Registry implements AsyncDisposable {
  readonly #folder: string;
  /** The paths of the published files. */
  files: readonly string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<Registry> {
    const registry = new Registry(await Deno.makeTempDir());
    await copyFolder(new URL("offline/jsr/", ROOT), new URL("jsr/", registry.#url));
    registry.files = await registry.#listFiles();
    for (const file of registry.files) await registry.#publish(file);
    const folder = new URL(`jsr/${NAME}/`, registry.#url);
    await Deno.writeTextFile(
      new URL("meta.json", folder),
      JSON.stringify({ versions: { [VERSION]: {} } }),
    );
    await Deno.writeTextFile(
      new URL(`${VERSION}_meta.json`, folder),
      JSON.stringify({ manifest: {}, exports: EXPORTS }),
    );
    return registry;
  }

  get #url(): URL {
    return new URL(`file://${this.#folder}/`);
  }

  /** Runs Deno in a folder without a configuration, with a program of this text. */
  async deno(args: readonly string[], program: string) {
    const path = `${this.#folder}/program.ts`;
    await Deno.writeTextFile(path, program);
    await using deno = Program.deno([...args, path], {
      cwd: this.#folder,
      env: { JSR_URL: new URL("jsr/", this.#url).href, DENO_DIR: `${this.#folder}/cache` },
    });
    return await deno.ended();
  }

  async #listFiles(): Promise<string[]> {
    await using deno = Program.deno(["publish", "--dry-run", "--allow-dirty"], {
      env: { JSR_URL: new URL("jsr/", this.#url).href },
    });
    const { code, stderr } = await deno.ended();
    assertEquals(code, 0, stderr);
    const [, list = ""] = stderr.split("with files:");
    return Array.from(
      list.matchAll(/^\s+(file:\S+) \(/gm),
      ([, url]) => url!.slice(ROOT.href.length),
    );
  }

  /** Publishing replaces the names of dependencies by where they come from. */
  async #publish(file: string): Promise<void> {
    const target = new URL(`jsr/${NAME}/${VERSION}/${file}`, this.#url);
    await Deno.mkdir(new URL(".", target), { recursive: true });
    let text = await Deno.readTextFile(new URL(file, ROOT));
    for (const [name, from] of Object.entries<string>(IMPORTS)) {
      text = text.replaceAll(new RegExp(`(?<=from |import\\()"${name}"`, "g"), `"${from}"`);
    }
    await Deno.writeTextFile(target, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function copyFolder(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(new URL(`${name}/`, from), new URL(`${name}/`, to));
    else await Deno.copyFile(new URL(name, from), new URL(name, to));
  }
}

/** The paths of all modules of the package in the repository. */
async function modulesIn(folder = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory && !name.startsWith(".") && !NO_MODULES.includes(name)) {
      paths.push(...await modulesIn(`${folder}${name}/`));
    } else if (name.endsWith(".ts")) {
      paths.push(`${folder}${name}`);
    }
  }
  return paths;
}

const PROGRAM = `
  import { Counter, Exporter, type ExporterOptions, Metric, Registry } from "${PACKAGE}";
  import { main } from "${PACKAGE}/cli";
  import { assertValidExposition, sampleValue } from "${PACKAGE}/testing";

  const registry = new Registry();
  const jobs = registry.register(new Counter("jobs_total", "Jobs.", { labels: ["queue"] }));
  jobs.labels({ queue: "mail" }).inc(2);
  const options: ExporterOptions = { configFile: false, registry, runtimeMetrics: false };
  const exporter = new Exporter(options);
  exporter.collector("doors", () => [new Metric("doors_open", { type: "gauge", help: "Doors.", value: 3 })]);
  const response = await exporter.fetch(new Request("http://localhost/metrics"));
  await assertValidExposition(response.clone());
  const lines = (await response.text()).split("\\n");
  console.log(await sampleValue(registry, "jobs_total", { queue: "mail" }));
  console.log(lines.filter((line) => /^(jobs|doors)/.test(line)).join("\\n"));
  console.log(await main(["--version"]));
`;

Deno.test("the published package", async (t) => {
  await using registry = await Registry.create();

  await t.step("has all modules of the package, and nothing else", async () => {
    assertEquals([...registry.files].sort(), [...DOCUMENTS, ...await modulesIn()].sort());
    assert(registry.files.length > 50);
  });

  await t.step("has documents that link to files in it", async () => {
    for (const page of registry.files.filter((file) => file.endsWith(".md"))) {
      const targets = relativeLinks(await Deno.readTextFile(new URL(page, ROOT)))
        .map((link) => new URL(link, new URL(page, ROOT)).href.slice(ROOT.href.length))
        .map((target) => target.split("#")[0]!);
      assertEquals(targets.filter((target) => !registry.files.includes(target)), [], page);
    }
  });

  await t.step("works in a program elsewhere, with types checked", async () => {
    const { code, stdout, stderr } = await registry.deno(["run", "--check", "-A"], PROGRAM);
    assertEquals(code, 0, stderr);
    const [value, ...rest] = stdout.trimEnd().split("\n");
    assertEquals(value, "2");
    assertEquals(rest.slice(0, 2), ["doors_open 3", 'jobs_total{queue="mail"} 2']);
    assertStringIncludes(rest[2]!, `${NAME} ${VERSION}`);
    assertEquals(rest[3], "0");
  });

  await t.step("brings its types along", async () => {
    const wrong = PROGRAM.replace('{ queue: "mail" })', '{ queu: "mail" })');
    const { code, stderr } = await registry.deno(["check"], wrong);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "'queu' does not exist");
  });

  await t.step("keeps its folders to itself", async () => {
    const inner = `import { SeriesStore } from "${PACKAGE}/series/store.ts";\nSeriesStore;\n`;
    const { code, stderr } = await registry.deno(["run", "-A"], inner);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Unknown export './series/store.ts'");
  });
});
