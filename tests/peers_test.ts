import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { Program, ROOT } from "./support/program.ts";

const RUNNER = new URL("../shared/conformance/peers/peers.ts", ROOT);

const isThere = exists(RUNNER);

Deno.test({
  name: isThere
    ? "all cases of the reference implementations hold, but for the known differences"
    : "all cases of the reference implementations hold (no cases in ../shared/conformance/peers)",
  ignore: !isThere,
  fn: async () => {
    const config = `--config=${fileURLToPath(new URL("deno.json", ROOT))}`;
    const args = ["run", "-A", config, fileURLToPath(RUNNER), fileURLToPath(ROOT)];
    await using program = Program.deno(args);
    const { code, stdout, stderr } = await program.ended();
    const problems = stdout.split("\n").filter((line) => /^(?:FAIL|stale): /.test(line));
    assertEquals({ code, problems }, { code: 0, problems: [] }, stderr);
  },
});

function exists(file: URL): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
