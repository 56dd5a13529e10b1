import { assert, assertEquals, assertMatch } from "@std/assert";
import { RuntimeMetrics } from "../runtime.ts";
import { Program } from "./support/program.ts";

const EVERYWHERE = [
  "deno_event_loop_lag_seconds",
  "deno_external_memory_bytes",
  "deno_heap_limit_bytes",
  "deno_heap_size_bytes",
  "deno_heap_space_size_bytes",
  "deno_heap_space_used_bytes",
  "deno_heap_used_bytes",
  "deno_info",
  "process_cpu_seconds_total",
  "process_heap_bytes",
  "process_resident_memory_bytes",
  "process_start_time_seconds",
];

const FROM_PROC = [
  "process_max_fds",
  "process_open_fds",
  "process_threads",
  "process_virtual_memory_bytes",
  "process_virtual_memory_max_bytes",
];

async function valuesOf({ registry }: RuntimeMetrics): Promise<Map<string, number>> {
  const { families } = await registry.gather();
  return new Map(
    families.filter(({ name }) => !name.startsWith("exporter_"))
      .flatMap(({ samples }) => samples.map(({ series, value }) => [series, value])),
  );
}

Deno.test("RuntimeMetrics exposes plausible values", async () => {
  const values = await valuesOf(new RuntimeMetrics());
  const value = (series: string) => values.get(series)!;
  assertEquals(
    value(
      `deno_info{version="${Deno.version.deno}",v8="${Deno.version.v8}",typescript="${Deno.version.typescript}"}`,
    ),
    1,
  );
  assert(value("process_resident_memory_bytes") > 10e6);
  assert(value("process_cpu_seconds_total") > 0);
  const started = value("process_start_time_seconds");
  assert(started < Date.now() / 1000 && started > Date.now() / 1000 - 3600);
  assert(value("deno_heap_used_bytes") <= value("deno_heap_size_bytes"));
  assert(value('deno_heap_space_used_bytes{space="old"}') > 0);
});

Deno.test("RuntimeMetrics has the help texts of client_golang and prom-client", async () => {
  const { families } = await new RuntimeMetrics().registry.gather();
  const helps = Object.fromEntries(
    families.map(({ name, help }) => [name, help]).filter(([name]) => EVERYWHERE.includes(name!)),
  );
  assertEquals(helps, {
    deno_event_loop_lag_seconds: "Lag of event loop in seconds.",
    deno_external_memory_bytes: "External memory size in bytes.",
    deno_heap_limit_bytes: "Maximum heap size in bytes.",
    deno_heap_size_bytes: "Heap size in bytes.",
    deno_heap_space_size_bytes: "Heap space size in bytes.",
    deno_heap_space_used_bytes: "Heap space size used in bytes.",
    deno_heap_used_bytes: "Heap size used in bytes.",
    deno_info: "Information about the Deno environment.",
    process_cpu_seconds_total: "Total user and system CPU time spent in seconds.",
    process_heap_bytes: "Process heap size in bytes.",
    process_resident_memory_bytes: "Resident memory size in bytes.",
    process_start_time_seconds: "Start time of the process since unix epoch in seconds.",
  });
});

Deno.test({
  name: "RuntimeMetrics gives on Linux what is in /proc, too",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const values = await valuesOf(new RuntimeMetrics());
    for (const name of FROM_PROC) assert(values.get(name)! > 0, name);
    assert(values.get("process_open_fds")! <= values.get("process_max_fds")!);
  },
});

Deno.test("RuntimeMetrics measures the event loop lag from start() to stop()", async () => {
  using runtime = new RuntimeMetrics();
  const count = async () => (await valuesOf(runtime)).get("deno_event_loop_lag_seconds_count");
  assertEquals(await count(), 0);
  runtime.start();
  runtime.start();
  for (const until = performance.now() + 250; performance.now() < until;);
  await new Promise((resolve) => setTimeout(resolve, 5));
  runtime.stop();
  const values = await valuesOf(runtime);
  assert(values.get("deno_event_loop_lag_seconds_count")! >= 1);
  assert(values.get("deno_event_loop_lag_seconds_sum")! > 0.1);
});

const PROGRAM = `
  import { RuntimeMetrics } from ${JSON.stringify(import.meta.resolve("../runtime.ts"))};
  const runtime = new RuntimeMetrics();
  runtime.start();
  const { families } = await runtime.registry.gather();
  console.log("names " + families.map(({ name }) => name).filter((name) => !name.startsWith("exporter_")));
`;

Deno.test("RuntimeMetrics does not keep the process alive, and exposes all metrics with all permissions", async () => {
  await using program = Program.deno(["eval", PROGRAM]);
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stderr], [0, ""]);
  const names = Deno.build.os === "linux" ? [...EVERYWHERE, ...FROM_PROC] : EVERYWHERE;
  assertEquals(stdout, `names ${names.sort()}\n`);
});

for (const flags of [[], ["--allow-read"], ["--allow-read", "--allow-sys", "--allow-env"]]) {
  Deno.test({
    name: `RuntimeMetrics asks for nothing at a terminal with ${flags.join(" ") || "no flags"}`,
    ignore: !Program.hasTerminal,
    async fn() {
      const path = await Deno.makeTempFile({ suffix: ".ts" });
      await Deno.writeTextFile(path, PROGRAM);
      const config = new URL("../deno.json", import.meta.url).pathname;
      await using program = Program.denoAtTerminal(["run", `--config=${config}`, ...flags, path]);
      const { code, stdout } = await program.ended();
      await Deno.remove(path);
      assertEquals(code, 0, stdout);
      assertMatch(stdout, new RegExp(`names ${EVERYWHERE}\\r\\n$`));
    },
  });
}
