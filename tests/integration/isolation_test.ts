import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Program, ROOT } from "../support/program.ts";

const HEAD = `import { Registry, WorkerCollector } from ${
  JSON.stringify(new URL("mod.ts", ROOT).href)
};
const moduleOf = (code) => "data:text/javascript," + encodeURIComponent(
  'import { Metric } from ${JSON.stringify(new URL("mod.ts", ROOT).href)};' + code);
async function run(code, options = {}, seconds = 20, times = 1) {
  const registry = new Registry();
  const worker = moduleOf(code);
  const collector = registry.register(new WorkerCollector({ worker, ...options }), { name: "w" });
  for (let i = 0; i < times; i++) {
    const deadline = new Date(Date.now() + seconds * 1000);
    const { outcomes: [{ failure, families }] } = await registry.gather({ deadline });
    console.log(failure ? String(failure.error) : families.map(({ samples }) => samples[0].series).join());
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  return collector;
}
`;

/** Runs a program of these lines with every permission. */
function evaluate(code: string, flags: readonly string[] = []): Program {
  return Program.deno(["eval", ...flags, HEAD + code]);
}

Deno.test("WorkerCollector does not keep its process alive", async () => {
  await using program = evaluate(`await run("export const collect = () => [new Metric('a')];");`);
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stdout], [0, "a\n"], stderr);
});

Deno.test("WorkerCollector starts no more workers once three of them cannot be stopped", async () => {
  await using program = evaluate(
    `await run("export async function collect() { await 1; while (true) {} }", {}, 0.5, 8);`,
  );
  const { code, stdout, stderr } = await program.ended();
  assertEquals(code, 0, stderr);
  const lines = stdout.trim().split("\n");
  // On a busy machine, a worker may be ended before it loops.
  assert(lines.filter((line) => line.startsWith("TimeoutError")).length >= 3, stdout);
  assertStringIncludes(lines.at(-1)!, "Cannot start worker: 3 earlier ones did not react");
});

Deno.test("WorkerCollector ends a worker that loops in its own code again and again", async () => {
  await using program = evaluate(
    `await run("export function collect() { while (true) {} }", {}, 0.5, 5);`,
  );
  const { code, stdout, stderr } = await program.ended();
  assertEquals(code, 0, stderr);
  assertEquals(stdout.match(/^TimeoutError/gm)?.length, 5, stdout);
});

Deno.test("WorkerCollector survives a worker that takes more memory than it may", async () => {
  const code =
    "const all = []; export function collect() { while (true) all.push([1.5, {}, 'x']); }";
  await using program = evaluate(
    `await run(${JSON.stringify(code)}, { maxHeapBytes: 32 * 2 ** 20 }, 3);
    console.log("alive");`,
  );
  const { code: status, stdout, stderr } = await program.ended();
  assertEquals(status, 0, stderr);
  assertStringIncludes(stdout, "alive\n");
});

const READ =
  "export const collect = () => { Deno.readTextFileSync('/etc/hosts'); return [new Metric('a')]; };";

Deno.test("WorkerCollector has the permissions that it is given, and no others", async () => {
  await using program = evaluate(
    `await run(${JSON.stringify(READ)}, { permissions: { read: ["/etc/hosts"] } });
    await run(${JSON.stringify(READ)}, { permissions: { net: true } });
    await run("export const collect = () => { self.close(); return new Promise(() => {}); };", { permissions: {} });`,
    ["--unstable-worker-options"],
  );
  const { code, stdout, stderr } = await program.ended();
  assertEquals(code, 0, stderr);
  const [granted, refused, closed] = stdout.split("\n");
  assertEquals(granted, "a");
  assertStringIncludes(refused!, 'NotCapable: Requires read access to "/etc/hosts"');
  assertEquals(closed, "Error: The worker ended by itself");
});

Deno.test("WorkerCollector with permissions ends a program without the flag at once", async () => {
  await using program = evaluate(
    `new WorkerCollector({ worker: "data:,", permissions: {} }); console.log("not reached");`,
  );
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stdout], [70, ""]);
  assertMatch(stderr, /--unstable-worker-options/);
  assert(!stderr.includes("panicked"));
});
