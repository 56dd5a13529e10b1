import { assertEquals } from "@std/assert";
import { parseNamePattern } from "../../sources/name_pattern.ts";

for (
  const [text, matching, others] of [
    ["node_*", ["node_", "node_load1"], ["node", "my_node_x"]],
    ["node_load?", ["node_load1"], ["node_load", "node_load15"]],
    ["up", ["up"], ["upp", "xup"]],
    ["go_gc|go_info", ["go_gc", "go_info"], ["go_gc_x", "x_go_info"]],
    ["node_(cpu|disk)_.+", ["node_cpu_x"], ["node_cpu_", "node_load"]],
    ["a.*", ["a", "ab"], ["ba"]],
  ] as const
) {
  Deno.test(`parseNamePattern() matches whole names with "${text}"`, () => {
    const pattern = parseNamePattern(text)!;
    assertEquals(matching.filter((name) => !pattern.matches(name)), []);
    assertEquals(others.filter((name) => pattern.matches(name)), []);
  });
}

for (
  const [text, target, name, expected] of [
    ["node_*", "host_*", "node_load1", "host_load1"],
    ["*_x_*", "*_y_*", "a_x_b", "a_y_b"],
    ["load?", "load_*m", "load5", "load_5m"],
    ["up", "alive", "up", "alive"],
    ["node_(.+)_bytes", "host_$1_size_bytes", "node_mem_bytes", "host_mem_size_bytes"],
    ["(a)(b)", "$2$1", "ab", "ba"],
  ] as const
) {
  Deno.test(`parseNamePattern() renames ${name} to ${expected} with "${text}" = "${target}"`, () => {
    assertEquals(parseNamePattern(text)!.rename(name, target), expected);
  });
}

Deno.test("parseNamePattern() rejects what is no regular expression", () => {
  assertEquals(parseNamePattern("(("), undefined);
  assertEquals(parseNamePattern("[z-a]"), undefined);
});
