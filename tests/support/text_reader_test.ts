import { assertEquals, assertThrows } from "@std/assert";
import { readText } from "./text_reader.ts";

Deno.test("readText() reads nothing", () => {
  assertEquals(readText(""), []);
});

Deno.test("readText() reads families", () => {
  const families = readText(`# HELP doors Doors\\nand "C:\\\\n".
# TYPE doors gauge
doors{site="a\\"b\\\\n\\n",floor="}, "} 2.5e-3 -17
doors NaN
# TYPE size histogram
size_bucket{le="+Inf"} +Inf
size_sum -Inf
`);
  assertEquals(
    families.map(({ name, type, help, samples }) => ({ name, type, help, samples })),
    [
      {
        name: "doors",
        type: "gauge",
        help: 'Doors\nand "C:\\n".',
        samples: [
          {
            name: "doors",
            labels: new Map([["site", 'a"b\\n\n'], ["floor", "}, "]]),
            value: 0.0025,
            timestamp: -17,
          },
          { name: "doors", labels: new Map(), value: NaN, timestamp: undefined },
        ],
      },
      {
        name: "size",
        type: "histogram",
        help: undefined,
        samples: [
          {
            name: "size_bucket",
            labels: new Map([["le", "+Inf"]]),
            value: Infinity,
            timestamp: undefined,
          },
          { name: "size_sum", labels: new Map(), value: -Infinity, timestamp: undefined },
        ],
      },
    ],
  );
});

const WRONG: Record<string, string[]> = {
  "a sample without a type": ["x 1"],
  "an empty line": ["# TYPE x gauge", "", "x 1"],
  "a comment": ["# TYPE x gauge", "# Doors", "x 1"],
  "a type that does not exist": ["# TYPE x enum", "x 1"],
  "a type without samples": ["# TYPE x gauge"],
  "a type after the samples": ["# TYPE x gauge", "x 1", "# TYPE x gauge"],
  "a help text after the samples": ["# TYPE x gauge", "x 1", "# HELP x Late."],
  "a help text without a type": ["# HELP x Doors.", "x 1"],
  "a help text at the end": ["# TYPE x gauge", "x 1", "# HELP y Doors."],
  "a help text of another family": ["# HELP y Doors.", "# TYPE x gauge", "x 1"],
  "two help texts": ["# HELP x Doors.", "# HELP x Doors.", "# TYPE x gauge", "x 1"],
  "a help text with a bad escape": ["# HELP x \\t", "# TYPE x gauge", "x 1"],
  "a sample of another family": ["# TYPE x gauge", "y 1"],
  "families in pieces": ["# TYPE x gauge", "x 1", "# TYPE y gauge", "y 1", 'x{a="1"} 1'],
  "a name that belongs to two": [
    "# TYPE x summary",
    "x_sum 1",
    "# TYPE x_count gauge",
    "x_count 1",
  ],
  "a name that belongs to two, the other way round": [
    ...["# TYPE x_count gauge", "x_count 1"],
    ...["# TYPE x summary", "x_sum 1"],
  ],
  "a series twice": ["# TYPE x gauge", "x 1", "x 2"],
  "a series twice, in another order": [
    "# TYPE x gauge",
    'x{a="1",b="2"} 1',
    'x{b="2",a="1"} 1',
  ],
  "a label twice": ["# TYPE x gauge", 'x{a="1",a="1"} 1'],
  "an empty label": ["# TYPE x gauge", 'x{a=""} 1'],
  "empty braces": ["# TYPE x gauge", "x{} 1"],
  "a bad label name": ["# TYPE x gauge", 'x{a-b="1"} 1'],
  "a quote that is not escaped": ["# TYPE x gauge", 'x{a="""} 1'],
  "a backslash that is not escaped": ["# TYPE x gauge", 'x{a="\\d"} 1'],
  "a line feed that is not escaped": ["# TYPE x gauge", 'x{a="', '"} 1'],
  "a bad name": ["# TYPE x gauge", "x-y 1"],
  "no value": ["# TYPE x gauge", "x"],
  "a bad value": ["# TYPE x gauge", "x Infinity"],
  "a bad timestamp": ["# TYPE x gauge", "x 1 1.5"],
  "two spaces": ["# TYPE x gauge", "x  1"],
  "a space at the end": ["# TYPE x gauge", "x 1 "],
  "a bucket without a bound": ["# TYPE x histogram", "x_bucket 1"],
  "a bucket whose bound is no number": ["# TYPE x histogram", 'x_bucket{le="a"} 1'],
  "a sum with a bound": ["# TYPE x histogram", 'x_sum{le="1"} 1'],
  "buckets that fall": ["# TYPE x histogram", 'x_bucket{le="+Inf"} 1', 'x_bucket{le="1"} 1'],
  "a summary without a quantile": ["# TYPE x summary", "x 1"],
  "quantiles that fall": ["# TYPE x summary", 'x{quantile="0.5"} 1', 'x{quantile="0"} 1'],
};

for (const [name, lines] of Object.entries(WRONG)) {
  Deno.test(`readText() rejects ${name}`, () => {
    assertThrows(() => readText(lines.map((line) => `${line}\n`).join("")), SyntaxError);
  });
}

Deno.test("readText() rejects a last line without an end", () => {
  assertThrows(() => readText("# TYPE x gauge\nx 1"), SyntaxError, "line feed");
});
