/**
 * Tests that need a program which is not on every machine.
 *
 * @module
 */

/** Where a program is on the PATH, if it is; or a file that is named by its whole path. */
export function findTool(name: string): string | undefined {
  if (name.startsWith("/")) return isFile(name) ? name : undefined;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.map((folder) => `${folder}/${name}`).find(isFile);
}

/**
 * Makes of a test one that is ignored, and says so in its name, where one of the programs is missing. If the environment
 * variable `EXPORTER_REQUIRE_TOOLS` is set, it fails instead.
 */
export function withTools(
  tools: readonly string[],
  test: Deno.TestDefinition,
): Deno.TestDefinition {
  const missing = tools.filter((tool) => findTool(tool) === undefined).join(", ");
  if (missing === "") return test;
  return {
    ...test,
    name: `${test.name} (needs ${missing})`,
    ignore: Deno.env.get("EXPORTER_REQUIRE_TOOLS") === undefined,
    fn: () => Promise.reject(new Error(`Cannot find: ${missing}`)),
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
