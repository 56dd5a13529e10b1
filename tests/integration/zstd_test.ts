import { assertEquals } from "@std/assert";
import { Counter, Exporter, Registry } from "@exporter/prometheus";
import { Program } from "../support/program.ts";
import { withTools } from "./tool.ts";

/** An exporter of 2,000 series, whose response is several frames. */
async function startExporter() {
  const registry = new Registry();
  const counter = registry.register(new Counter("a_total", "A.", { labels: ["i"] }));
  for (let i = 0; i < 2000; i++) counter.labels(`${i}`).inc(i);
  const exporter = new Exporter({
    registry,
    configFile: false,
    listenPort: 0,
    logLevel: "error",
    runtimeMetrics: false,
  });
  await exporter.start();
  return {
    url: new URL("/metrics?name[]=a_total", exporter.url).href,
    [Symbol.asyncDispose]: () => exporter.shutdown(),
  };
}

/** The output of a shell command with the URL as `$0`. */
async function run(command: string, url: string): Promise<string> {
  await using program = new Program("bash", ["-o", "pipefail", "-c", command, url]);
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

Deno.test(withTools(["curl", "zstd"], {
  name: "zstd reads all frames of a response",
  fn: async () => {
    await using exporter = await startExporter();
    const plain = await run('curl -gsS "$0"', exporter.url);
    assertEquals(plain.match(/^a_total\{/gm)?.length, 2000);
    const accepting = `curl -gsS -H 'Accept-Encoding: zstd' "$0"`;
    assertEquals(await run(`${accepting} | zstd -dc`, exporter.url), plain);
  },
}));
