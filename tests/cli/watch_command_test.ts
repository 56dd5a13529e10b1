import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { parseWatch } from "../../cli/watch_command.ts";

function parsed(args: string): Record<string, unknown> {
  const { filter: _, ...rest } = parseWatch(args.split(" ").filter((arg) => arg !== ""))!;
  return { ...rest };
}

const DEFAULTS = {
  target: "http://127.0.0.1:9999/metrics",
  interval: 2,
  format: "table",
  sort: "change",
};

for (
  const [args, expected] of [
    ["", {}],
    ["http://x/metrics", { target: "http://x/metrics" }],
    ["-", { target: "-" }],
    ["-i 0.5 -s name", { interval: 0.5, sort: "name" }],
    ["--once", { readings: 1 }],
    ["--once --interval 5 --format json", { readings: 2, interval: 5, format: "json" }],
  ] as const
) {
  Deno.test(`parseWatch() reads "${args}"`, () => {
    assertEquals(parsed(args), { ...DEFAULTS, ...expected });
  });
}

for (
  const [args, message] of [
    ["a b", 'Expected one URL or file, got "b" as well'],
    ["--format json", 'Cannot use "--format" without "--once"'],
    ["--once --format yaml", 'Expected "--format" to be one of table, json, got "yaml"'],
    ["--sort size", 'Expected "--sort" to be one of change, value, name, none, got "size"'],
    ["-i 0", 'Expected "--interval" to be a number of seconds from 0.1 to 86400, got "0"'],
    ["-i 1s", 'Expected "--interval" to be a number of seconds from 0.1 to 86400, got "1s"'],
    ["-l a", 'Cannot use matcher "a": expected a label, =, !=, =~ or !~, and a value'],
    ["--onse", 'Unknown option "--onse", did you mean "--once"?'],
  ] as const
) {
  Deno.test(`parseWatch() rejects "${args}"`, () => {
    assertEquals(assertThrows(() => parseWatch(args.split(" ")), UsageError).message, message);
  });
}
