import { assertEquals } from "@std/assert";
import {
  escapeHtml,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
} from "../../status/format.ts";

Deno.test("escapeHtml() escapes what could end a text or an attribute", () => {
  assertEquals(
    escapeHtml(`<a b="c" d='e'>&amp;`),
    "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;",
  );
});

Deno.test("formatCount() separates thousands", () => {
  assertEquals([0, 999, 102_334].map(formatCount), ["0", "999", "102,334"]);
});

for (
  const [seconds, text] of [
    [0, "0 ms"],
    [0.000567, "0.57 ms"],
    [0.0421, "42 ms"],
    [0.5, "500 ms"],
    [0.9999, "1 s"],
    [1.254, "1.25 s"],
    [75, "75 s"],
    [180, "3 min"],
    [7200, "2 h"],
    [172_800, "2 d"],
    [Infinity, "∞"],
  ] as const
) {
  Deno.test(`formatDuration() writes ${seconds} as "${text}"`, () => {
    assertEquals(formatDuration(seconds), text);
  });
}

for (
  const [bytes, text] of [
    [0, "0 B"],
    [999, "999 B"],
    [12_345, "12.3 kB"],
    [999_600, "1 MB"],
    [104_857_600, "105 MB"],
    [2_500_000_000, "2.5 GB"],
  ] as const
) {
  Deno.test(`formatBytes() writes ${bytes} as "${text}"`, () => {
    assertEquals(formatBytes(bytes), text);
  });
}

for (
  const [value, text] of [
    [0, "0"],
    [-1234, "-1,234"],
    [0.1 + 0.2, "0.3"],
    [1234.5678, "1,234.57"],
    [1e-7, "1.000e-7"],
    [2.5e12 + 0.5, "2.500e+12"],
    [NaN, "NaN"],
    [-Infinity, "-Inf"],
  ] as const
) {
  Deno.test(`formatNumber() writes ${value} as "${text}"`, () => {
    assertEquals(formatNumber(value), text);
  });
}
