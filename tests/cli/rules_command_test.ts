import { assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "yaml";
import type { AlertRule } from "../../cli/alert_rules.ts";
import { formatRules } from "../../cli/rules_command.ts";
import { Program } from "../support/program.ts";
import { RawTarget } from "../support/raw_target.ts";

Deno.test("formatRules() writes YAML", () => {
  const alert: AlertRule = {
    alert: "A",
    expr: 'a{b="c\\"d"} == 0',
    for: "5m",
    severity: "warning",
    summary: "{{ $labels.instance }}: a # b",
    description: "c",
  };
  const text = formatRules([{ name: "g", rules: [{ record: "r", expr: "x" }, alert] }]);
  assertEquals(parse(text), {
    groups: [{
      name: "g",
      rules: [{ record: "r", expr: "x" }, {
        alert: "A",
        expr: 'a{b="c\\"d"} == 0',
        for: "5m",
        labels: { severity: "warning" },
        annotations: { summary: "{{ $labels.instance }}: a # b", description: "c" },
      }],
    }],
  });
});

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  await using program = Program.deno(["run", "-A", "main.ts", "rules", ...args]);
  return await program.ended();
}

Deno.test("main.ts rules writes the rules for a configuration", async () => {
  const { code, stdout } = await run("--job", "doors", "examples/probe.toml");
  assertEquals(code, 0);
  for (const part of ['up{job=\\"doors\\"} == 0', "ProbeFailed", "ExporterConfigReloadFailed"]) {
    assertStringIncludes(stdout, part);
  }
});

Deno.test("main.ts rules writes the rules for the exporter at a URL", async () => {
  const text = "# TYPE exporter_collector_success gauge\n# TYPE process_open_fds gauge\n" +
    "# TYPE exporter_log_lines_dropped counter\n";
  await using target = new RawTarget(
    `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  );
  const { code, stdout } = await run(`http://${target.host}/metrics`);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "ExporterFileDescriptorsNearLimit");
  assertStringIncludes(stdout, "ExporterLogLinesDropped");
  assertEquals(stdout.includes("ExporterSeriesDropped"), false);
});

Deno.test("main.ts rules refuses two targets, and explains itself", async () => {
  const { code, stderr } = await run("a", "b");
  assertEquals([code, stderr.split("\n")[0]], [2, 'Expected one URL or file, got "b" as well']);
  assertStringIncludes((await run("--help")).stdout, "--job <job>");
});

Deno.test("main.ts rules fails at what is no exporter of this library", async () => {
  await using target = new RawTarget(
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  );
  const url = `http://${target.host}/`;
  const { code, stderr } = await run(url);
  assertEquals(
    [code, stderr],
    [1, `Cannot write rules for "${url}": expected the metric exporter_collector_success\n`],
  );
});
