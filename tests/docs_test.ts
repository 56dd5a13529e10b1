import { fileURLToPath } from "node:url";
import { assert, assertArrayIncludes, assertEquals } from "@std/assert";
import { Program, ROOT } from "./support/program.ts";

const CONFIG = fileURLToPath(new URL("deno.json", ROOT));

/** A piece of code in a document. */
interface Fence {
  /** The language, and `ignore` after it if it is not to be tested. */
  readonly info: string;
  readonly code: string;
}

const LANGUAGES = ["promql", "text", "text ignore", "ts", "ts ignore", "yaml"];

/** Pages that show no code, or commands only. */
const WITHOUT_CODE = ["/architecture.md", "/performance.md"];

/** The pages under docs/ that show how to use the library. */
const PAGES = [...pagesIn(new URL("docs/", ROOT))].filter(({ pathname }) =>
  !WITHOUT_CODE.some((name) => pathname.endsWith(name))
);

function* pagesIn(folder: URL): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* pagesIn(new URL(`${name}/`, folder));
    else if (name.endsWith(".md")) yield new URL(name, folder);
  }
}

function fencesOf(page: URL): Fence[] {
  const text = Deno.readTextFileSync(page);
  return [...text.matchAll(/^ *```(.+)\n([^]*?)^ *```$/gm)].map(([, info = "", code = ""]) => ({
    info,
    code,
  }));
}

function codeIn(page: URL, info: string): string[] {
  return fencesOf(page).filter((fence) => fence.info === info).map(({ code }) => code);
}

/** What a program prints of families other than the registry's own. Exemplars are of one moment. */
function withoutOwn(text: string): string[] {
  return text.split("\n")
    .filter((line) => line !== "" && !/^(?:# [A-Z]+ )?exporter_/.test(line))
    .map((line) => line.replace(/ \d{10}(?:\.\d{1,3})?$/, " 1700000000.123"));
}

async function run(code: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, code);
    await using program = Program.deno(["run", "-A", `--config=${CONFIG}`, file]);
    const { code: status, stdout, stderr } = await program.ended();
    assertEquals(status, 0, stderr);
    return stdout;
  } finally {
    await Deno.remove(file);
  }
}

for (const page of PAGES) {
  const name = page.pathname.slice(ROOT.pathname.length);

  Deno.test(`${name} has only code that can be tested, or says that it is not`, () => {
    assertArrayIncludes(LANGUAGES, fencesOf(page).map(({ info }) => info));
    assert(codeIn(page, "ts").length > 0, "no snippet runs");
  });

  Deno.test(`${name} shows what its snippets expose`, async () => {
    const exposing = codeIn(page, "ts").filter((code) =>
      /^console\.log\(\(await \w+\.expose\(/m.test(code)
    );
    const expositions = (await Promise.all(exposing.map(run))).map(withoutOwn);
    assertEquals(expositions.sort(), codeIn(page, "text").map(withoutOwn).sort());
  });
}
