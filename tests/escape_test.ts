import { assertEquals } from "@std/assert";
import {
  escapeHelp,
  escapeLabelValue,
  formatValue,
  isLabelName,
  isMetricName,
  isReservedLabelName,
  parseBound,
} from "../escape.ts";

const NAMES: [name: string, isMetric: boolean, isLabel: boolean][] = [
  ["a", true, true],
  ["_", true, true],
  ["__name__", true, true],
  ["node_load1", true, true],
  ["Up", true, true],
  ["job:errors:rate5m", true, false],
  [":", true, false],
  ["", false, false],
  ["1m", false, false],
  ["a b", false, false],
  ["a-b", false, false],
  ["a.b", false, false],
  ["a\n", false, false],
  ["\na", false, false],
  ["é", false, false],
  ["ª", false, false],
];

for (const [name, isMetric, isLabel] of NAMES) {
  const quoted = JSON.stringify(name);

  Deno.test(`isMetricName() ${isMetric ? "accepts" : "rejects"} ${quoted}`, () => {
    assertEquals(isMetricName(name), isMetric);
  });

  Deno.test(`isLabelName() ${isLabel ? "accepts" : "rejects"} ${quoted}`, () => {
    assertEquals(isLabelName(name), isLabel);
  });
}

Deno.test("isReservedLabelName() tells names that begin with two underscores", () => {
  const names = ["__name__", "__", "_", "_a", "a__", "_a__"];
  assertEquals(names.filter(isReservedLabelName), ["__name__", "__"]);
});

for (
  const [value, expected] of [
    ["", ""],
    ["plain", "plain"],
    ["C:\\DIR\\", "C:\\\\DIR\\\\"],
    ['say "yes"', 'say \\"yes\\"'],
    ["two\nlines", "two\\nlines"],
    ["\\n", "\\\\n"],
    ['\\"\n', '\\\\\\"\\n'],
    ["\r\t\0", "\r\t\0"],
    ["{a=b,c}", "{a=b,c}"],
    ["smörgås 🥪", "smörgås 🥪"],
    ["\ud800", "\ufffd"],
    ['"\udc00\ud800"', '\\"\ufffd\ufffd\\"'],
  ] as const
) {
  Deno.test(`escapeLabelValue() writes ${JSON.stringify(value)} as ${JSON.stringify(expected)}`, () => {
    assertEquals(escapeLabelValue(value), expected);
  });
}

for (
  const [help, expected] of [
    ["", ""],
    ["Jobs done.", "Jobs done."],
    ["C:\\DIR", "C:\\\\DIR"],
    ["two\nlines\n", "two\\nlines\\n"],
    ['the "real" one', 'the "real" one'],
    ["\ud83e", "\ufffd"],
  ] as const
) {
  Deno.test(`escapeHelp() writes ${JSON.stringify(help)} as ${JSON.stringify(expected)}`, () => {
    assertEquals(escapeHelp(help), expected);
  });
}

for (
  const [value, expected] of [
    [0, "0"],
    [-0, "0"],
    [42, "42"],
    [-1.5, "-1.5"],
    [0.1 + 0.2, "0.30000000000000004"],
    [1e6, "1000000"],
    [1e21, "1e+21"],
    [1e-7, "1e-7"],
    [5e-324, "5e-324"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [2 ** 53, "9007199254740992"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [NaN, "NaN"],
  ] as const
) {
  Deno.test(`formatValue() writes ${Object.is(value, -0) ? "-0" : value} as ${expected}`, () => {
    assertEquals(formatValue(value), expected);
  });
}

for (
  const [text, expected] of [
    ["0", 0],
    ["1", 1],
    ["1.0", 1],
    ["+2.5", 2.5],
    ["-3", -3],
    [".5", 0.5],
    ["5.", 5],
    ["1e+06", 1e6],
    ["1E-05", 1e-5],
    ["+Inf", Infinity],
    ["-Inf", -Infinity],
    ["NaN", undefined],
    ["", undefined],
    [".", undefined],
    ["e5", undefined],
    ["0x10", undefined],
    ["1_000", undefined],
    ["1e400", undefined],
    ["1,5", undefined],
    [" 1", undefined],
    ["1\n", undefined],
    ["Infinity", undefined],
    ["fast", undefined],
  ] as const
) {
  Deno.test(`parseBound() reads ${JSON.stringify(text)} as ${expected}`, () => {
    assertEquals(parseBound(text), expected);
  });
}
