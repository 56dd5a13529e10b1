import { assert, assertEquals } from "@std/assert";
import { escapeHelp, escapeLabelValue } from "../../model/escape.ts";
import {
  escapeName,
  ESCAPINGS,
  isLabelName,
  isMetricName,
  isReservedLabelName,
} from "../../model/names.ts";
import { formatBound, formatSeconds, formatValue, parseBound } from "../../model/numbers.ts";

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

Deno.test("isReservedLabelName() detects two leading underscores", () => {
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
  Deno.test(`parseBound() parses ${JSON.stringify(text)} as ${expected}`, () => {
    assertEquals(parseBound(text), expected);
  });
}

for (
  const [bound, expected] of [
    [0, "0.0"],
    [-0, "0.0"],
    [0.001, "0.001"],
    [0.002, "0.002"],
    [0.01, "0.01"],
    [0.1, "0.1"],
    [0.9, "0.9"],
    [0.95, "0.95"],
    [0.99, "0.99"],
    [0.999, "0.999"],
    [1, "1.0"],
    [1.7, "1.7"],
    [10, "10.0"],
    [1e-10, "1e-10"],
    [1e-9, "1e-09"],
    [1e-5, "1e-05"],
    [0.00011, "0.00011"],
    [0.0001, "0.0001"],
    [100000, "100000.0"],
    [999999.5, "999999.5"],
    [1e6, "1e+06"],
    [1234567, "1.234567e+06"],
    [1e10, "1e+10"],
    [1e23, "1e+23"],
    [1.1e23, "1.1e+23"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [5e-324, "5e-324"],
    [-1, "-1.0"],
    [-2.5e-7, "-2.5e-07"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
  ] as const
) {
  Deno.test(`formatBound() writes ${Object.is(bound, -0) ? "-0" : bound} as ${expected}`, () => {
    assertEquals(formatBound(bound), expected);
    assertEquals(parseBound(expected), bound + 0);
  });
}

for (
  const [milliseconds, expected] of [
    [0, "0"],
    [1, "0.001"],
    [-1, "-0.001"],
    [10, "0.01"],
    [100, "0.1"],
    [1000, "1"],
    [-1500, "-1.5"],
    [1520879607789, "1520879607.789"],
    [1604676851000, "1604676851"],
    [8.64e15, "8640000000000"],
    [8.64e15 - 1, "8639999999999.999"],
    [-8.64e15 + 1, "-8639999999999.999"],
  ] as const
) {
  Deno.test(`formatSeconds() writes ${milliseconds} ms as ${expected}`, () => {
    assertEquals(formatSeconds(milliseconds), expected);
  });
}

/** Examples from the specification and from the tests of its implementations. */
const ESCAPED_NAMES: [name: string, underscores: string, dots: string, values: string][] = [
  ["up", "up", "up", "up"],
  ["no:escaping_required", "no:escaping_required", "no:escaping__required", "no:escaping_required"],
  ["metric.name", "metric_name", "metric_dot_name", "U__metric_2e_name"],
  [
    "metric.name/with/slashes",
    "metric_name_with_slashes",
    "metric_dot_name__with__slashes",
    "U__metric_2e_name_2f_with_2f_slashes",
  ],
  [
    "metric.name.with.dots",
    "metric_name_with_dots",
    "metric_dot_name_dot_with_dot_dots",
    "U__metric_2e_name_2e_with_2e_dots",
  ],
  [
    "mysystem.prod.west.cpu.load_total",
    "mysystem_prod_west_cpu_load_total",
    "mysystem_dot_prod_dot_west_dot_cpu_dot_load__total",
    "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load__total",
  ],
  ["http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum"],
  ["label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_"],
  ["花火", "__", "____", "U___82b1__706b_"],
  ["1m", "_m", "__m", "U___31_m"],
  ["\ud800", "_", "__", "U___fffd_"],
  ["", "", "", "U__"],
];

for (const [name, underscores, dots, values] of ESCAPED_NAMES) {
  const expected = { "allow-utf-8": name, underscores, dots, values };
  for (const escaping of ESCAPINGS) {
    Deno.test(`escapeName() writes ${JSON.stringify(name)} with ${escaping}`, () => {
      assertEquals(escapeName(name, escaping), expected[escaping]);
    });
  }
}

/** Label names cannot have colons. Examples from the tests of client_python. */
const ESCAPED_LABEL_NAMES: [name: string, underscores: string, dots: string, values: string][] = [
  [
    "no_escaping_required",
    "no_escaping_required",
    "no__escaping__required",
    "no_escaping_required",
  ],
  ["http.status:sum", "http_status_sum", "http_dot_status__sum", "U__http_2e_status_3a_sum"],
  ["a:b", "a_b", "a__b", "U__a_3a_b"],
  ["1m", "_m", "__m", "U___31_m"],
];

for (const [name, underscores, dots, values] of ESCAPED_LABEL_NAMES) {
  const expected = { "allow-utf-8": name, underscores, dots, values };
  for (const escaping of ESCAPINGS) {
    Deno.test(`escapeName() writes the label ${JSON.stringify(name)} with ${escaping}`, () => {
      assertEquals(escapeName(name, escaping, "label"), expected[escaping]);
    });
  }
}

Deno.test("parseBound() takes linear time", () => {
  const before = performance.now();
  assertEquals(parseBound(`${"1".repeat(1_000_000)}x`), undefined);
  assert(performance.now() - before < 1000);
});
