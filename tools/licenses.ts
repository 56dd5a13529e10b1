/**
 * Checks that the licenses of all dependencies in `deno.json`, and of theirs, are on a list. It reads the metadata of npm packages as
 * they are installed.
 *
 *     deno task licenses
 *
 * @module
 */

/** Licenses that allow to use and publish a program under any other. */
const ALLOWED: readonly string[] = [
  ...["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT"],
  "Unlicense",
];

/** Packages with other licenses that only tests use, and what those licenses are: changes of their files have to be published. */
const IN_TESTS: ReadonlyMap<string, string> = new Map([["axe-core@", "MPL-2.0"]]);

/** The licenses of packages on JSR, which has none in its metadata, by the beginnings of their names. */
const ON_JSR: ReadonlyMap<string, string> = new Map([["@std/", "MIT"]]);

/** A package and its license. */
export interface Licensed {
  /** The name and the version. */
  readonly name: string;
  /** The license, as the package names it. */
  readonly license: unknown;
}

/** Returns those packages whose license is not on a list. Of several, one suffices: `(MIT OR GPL-3.0)`. */
export function unacceptable(packages: readonly Licensed[]): Licensed[] {
  return packages.filter(({ name, license }) => {
    const isInTests = [...IN_TESTS].some(([start, allowed]) => {
      return name.startsWith(start) && license === allowed;
    });
    if (isInTests) return false;
    if (typeof license !== "string" || license.includes(" AND ")) return true;
    const choices = license.replace(/^\((.*)\)$/, "$1").split(" OR ");
    return !choices.some((choice) => ALLOWED.includes(choice));
  });
}

/** Finds the packages that these specifiers name, with all that they need. */
export async function licensesOf(specifiers: readonly string[]): Promise<Licensed[]> {
  const { npmCache } = await info([]);
  const found = new Map<string, Licensed>();
  for (const specifier of specifiers) {
    if (specifier.startsWith("jsr:")) {
      const name = specifier.slice("jsr:".length);
      const license = [...ON_JSR].find(([start]) => name.startsWith(start))?.[1];
      found.set(name, { name, license });
      continue;
    }
    const { npmPackages } = await info([specifier]);
    for (const { name, version, registryUrl } of Object.values(npmPackages ?? {})) {
      const folder = `${npmCache}/${cacheFolder(registryUrl)}/${name}/${version}`;
      const { license } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
      found.set(`${name}@${version}`, { name: `${name}@${version}`, license });
    }
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** What `deno info --json` tells. */
interface Info {
  readonly npmCache?: string;
  readonly npmPackages?: Readonly<
    Record<
      string,
      { readonly name: string; readonly version: string; readonly registryUrl: string }
    >
  >;
}

async function info(args: readonly string[]): Promise<Info> {
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json", ...args] });
  const { code, stdout, stderr } = await command.output();
  if (code !== 0) throw new Error(`Cannot look up ${args}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The folder of a registry in the cache: its host, its port if it has one, and its path. */
function cacheFolder(registryUrl: string): string {
  const { hostname, port, pathname } = new URL(registryUrl);
  return `${hostname}${port === "" ? "" : `_PORT${port}`}${pathname}`.replace(/\/$/, "");
}

if (import.meta.main) {
  const config = await Deno.readTextFile(new URL("../deno.json", import.meta.url));
  const packages = await licensesOf(Object.values<string>(JSON.parse(config).imports));
  for (const { name, license } of packages) console.log(`${name}: ${license ?? "unknown"}`);
  const bad = unacceptable(packages);
  for (const { name, license } of bad) {
    console.error(`Cannot use ${name}: license ${license ?? "unknown"} is not on the list`);
  }
  if (bad.length > 0) Deno.exit(1);
}
