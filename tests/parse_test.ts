import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ExpositionError } from "../exposition_error.ts";
import { parseExposition, type ParseOptions } from "../parse.ts";
import type { Family } from "../model/family.ts";

type Format = NonNullable<ParseOptions["format"]>;

/** A family with each sample as an array of name, labels, value, timestamp and exemplar. */
function show({ samples, ...family }: Family) {
  return {
    ...family,
    samples: samples.map(({ name, labels, value, timestamp, exemplar }) => {
      const rest = exemplar ? [timestamp, exemplar] : timestamp === undefined ? [] : [timestamp];
      return [name, labels, value, ...rest];
    }),
  };
}

function untyped(name: string, ...samples: unknown[]) {
  return { name, type: "untyped", samples: samples.map((sample) => [name, ...[sample].flat(1)]) };
}

/** One untyped sample `x`. */
function x(labels: string[], value = 1, ...timestamp: number[]) {
  return [{ name: "x", type: "untyped", samples: [["x", labels, value, ...timestamp]] }];
}

const ACCEPTED: Record<Format, Record<string, readonly [text: string, families: unknown[]]>> = {
  text: {
    "no content": ["", []],
    "blank lines": ["\n \t \n", []],
    "comments": ["#\n# \n# Doors\n#HELPX x\n \t# TYPES x gauge\n", []],
    "a sample without a type": ["x 1\n", x([])],
    "a family": [
      `# HELP doors Doors\\nand "C:\\\\n".
# TYPE doors gauge
doors{site="north"} 2 -17
doors{site="south"} 3
`,
      [{
        name: "doors",
        type: "gauge",
        help: 'Doors\nand "C:\\n".',
        samples: [["doors", ["site", "north"], 2, -17], ["doors", ["site", "south"], 3]],
      }],
    ],
    "a type before a help text": [
      "# TYPE x counter\n# Comment\n\n# HELP x Help.\nx 1\n",
      [{ name: "x", type: "counter", help: "Help.", samples: [["x", [], 1]] }],
    ],
    "a help text only": ["# HELP x Help.\n", [{
      name: "x",
      type: "untyped",
      help: "Help.",
      samples: [],
    }]],
    "a type only": ["# TYPE x summary\n", [{ name: "x", type: "summary", samples: [] }]],
    "empty help texts": [
      "# HELP x\n# HELP y \nx 1\n".replace("x 1\n", ""),
      [{ name: "x", type: "untyped", samples: [] }, { name: "y", type: "untyped", samples: [] }],
    ],
    "blanks and tabs around tokens": [
      ' #\tHELP  x  \t two  words\t \n#TYPE\tx \tgauge \n\tx  {\ta = "1"\t, b\t="2" , }\t1  5\t\n',
      [{
        name: "x",
        type: "gauge",
        help: "two  words",
        samples: [["x", ["a", "1", "b", "2"], 1, 5]],
      }],
    ],
    "no blanks where tokens cannot merge": ['x{a="1"}1\n', x(["a", "1"])],
    "empty braces": ["x{} 1\n", x([])],
    "a trailing comma": ['x{a="1",} 1\n', x(["a", "1"])],
    "escapes in label values": ['x{a="\\\\\\"\\n\\\\n"} 1\n', x(["a", '\\"\n\\n'])],
    "syntax characters in label values": [
      'x{a="} # {,=",b="é🥪\t\r"} 1\n',
      x(["a", "} # {,=", "b", "é🥪\t\r"]),
    ],
    "empty labels, which are absent": ['x{a="",b="1"} 1\n', x(["b", "1"])],
    "colons in metric names": ["a:b 1\n", [untyped("a:b", [[], 1])]],
    "a quoted name": ['{"http.requests",a="b"} 1\n', [untyped("http.requests", [["a", "b"], 1])]],
    "a quoted name alone": ['{ "é\\"" , } 1\n', [untyped('é"', [[], 1])]],
    "quoted label names": ['x{"my label"="1", "b"="2"} 1\n', x(["my label", "1", "b", "2"])],
    "quoted names in metadata": [
      '# HELP "http.requests" Help.\n# TYPE "http.requests" counter\n{"http.requests"} 1\n',
      [{
        name: "http.requests",
        type: "counter",
        help: "Help.",
        samples: [["http.requests", [], 1]],
      }],
    ],
    "a name both quoted and plain": [
      '# TYPE "x" gauge\nx 1\n{"x",a="1"} 2\n',
      [{ name: "x", type: "gauge", samples: [["x", [], 1], ["x", ["a", "1"], 2]] }],
    ],
    "the parts of histograms": [
      `# TYPE x histogram
x_bucket{a="1",le="1"} 1
x_bucket{a="2",le="0.5"} 1
x_bucket{a="1",le="+Inf"} 2
x_sum{a="1"} -Inf
x_count{a="1"} NaN
`,
      [{
        name: "x",
        type: "histogram",
        samples: [
          ["x_bucket", ["a", "1", "le", "1"], 1],
          ["x_bucket", ["a", "2", "le", "0.5"], 1],
          ["x_bucket", ["a", "1", "le", "+Inf"], 2],
          ["x_sum", ["a", "1"], -Infinity],
          ["x_count", ["a", "1"], NaN],
        ],
      }],
    ],
    "the parts of summaries": [
      '# TYPE x summary\nx{quantile="0.5"} NaN\nx{quantile="0.9"} 2\nx_sum 3\nx_count 4\n',
      [{
        name: "x",
        type: "summary",
        samples: [
          ["x", ["quantile", "0.5"], NaN],
          ["x", ["quantile", "0.9"], 2],
          ["x_sum", [], 3],
          ["x_count", [], 4],
        ],
      }],
    ],
    "untyped names with suffixes": [
      "x_sum 1\nx_bucket 2\n",
      [untyped("x_sum", [[], 1]), untyped("x_bucket", [[], 2])],
    ],
    "series with similar text": [
      'x{a="1\\",b=\\"2"} 1\nx{a="1",b="2"} 2\n',
      [untyped("x", [["a", '1",b="2'], 1], [["a", "1", "b", "2"], 2])],
    ],
    "large timestamps": ["x 1 +9223372036854775807\n", x([], 1, 2 ** 63)],
  },
  openmetrics: {
    "no content": ["# EOF", []],
    "a counter, by its name in the text format and without _created": [
      `# TYPE jobs counter
# HELP jobs Jobs.
jobs_total 1
jobs_created 1520430000.123
# EOF
`,
      [{ name: "jobs_total", type: "counter", help: "Jobs.", samples: [["jobs_total", [], 1]] }],
    ],
    "an info, by its name in the text format": [
      '# TYPE build info\nbuild_info{version="1"} 1.0\n# EOF\n',
      [{ name: "build_info", type: "info", samples: [["build_info", ["version", "1"], 1]] }],
    ],
    "the type unknown, which is untyped": ["# TYPE x unknown\nx 1\n# EOF\n", x([])],
    "a unit": [
      "# UNIT x_seconds seconds\n# TYPE x_seconds gauge\n# EOF\n",
      [{ name: "x_seconds", type: "gauge", unit: "seconds", samples: [] }],
    ],
    "empty metadata, which is absent": [
      "# UNIT x \n# HELP x \n# EOF\n",
      [{ name: "x", type: "untyped", samples: [] }],
    ],
    "unknown escapes": ['# HELP x \\a\\"\\\\"\nx{a="\\b\\n"} 1\n# EOF\n', [
      { ...untyped("x", [["a", "\\b\n"], 1]), help: '\\a"\\"' },
    ]],
    "timestamps, rounded to milliseconds": [
      "x 1 1520879607.789\nx 2 1520879608\nx 3 1.5208796095e9\nx 4 1520879609.5004\n# EOF\n",
      [untyped(
        "x",
        [[], 1, 1520879607789],
        [[], 2, 1520879608000],
        [[], 3, 1520879609500],
        [[], 4, 1520879609500],
      )],
    ],
    "exemplars": [
      `# TYPE x histogram
x_bucket{le="1.0"} 1 # {} 0.5
x_bucket{le="+Inf"} 1 # {a="b"} 1e3 1.5
# EOF
`,
      [{
        name: "x",
        type: "histogram",
        samples: [
          ["x_bucket", ["le", "1.0"], 1, undefined, {
            labels: [],
            value: 0.5,
            timestamp: undefined,
          }],
          [
            "x_bucket",
            ["le", "+Inf"],
            1,
            undefined,
            { labels: ["a", "b"], value: 1000, timestamp: 1500 },
          ],
        ],
      }],
    ],
    "points of histograms": [
      `# TYPE x histogram
x_bucket{le="1.0"} 1 1
x_bucket{le="+Inf"} 2 1
x_bucket{le="1.0"} 1 2
x_bucket{le="+Inf"} 3 2
# EOF
`,
      [{
        name: "x",
        type: "histogram",
        samples: [
          ["x_bucket", ["le", "1.0"], 1, 1000],
          ["x_bucket", ["le", "+Inf"], 2, 1000],
          ["x_bucket", ["le", "1.0"], 1, 2000],
          ["x_bucket", ["le", "+Inf"], 3, 2000],
        ],
      }],
    ],
    "labels of a metric in any order": [
      '# TYPE x summary\nx_sum{a="1",b="2"} 1\nx_count{b="2",a="1"} 1\n# EOF\n',
      [{
        name: "x",
        type: "summary",
        samples: [["x_sum", ["a", "1", "b", "2"], 1], ["x_count", ["b", "2", "a", "1"], 1]],
      }],
    ],
    "a state set with the label le": [
      '# TYPE le stateset\nle{le="a"} 1\n# EOF\n',
      [{ name: "le", type: "stateset", samples: [["le", ["le", "a"], 1]] }],
    ],
    "interleaved infos": [
      '# TYPE x info\nx_info{a="1"} 1 1\nx_info{a="2"} 1 1\nx_info{a="1"} 1 2\n# EOF\n',
      [{
        name: "x_info",
        type: "info",
        samples: [
          ["x_info", ["a", "1"], 1, 1000],
          ["x_info", ["a", "2"], 1, 1000],
          ["x_info", ["a", "1"], 1, 2000],
        ],
      }],
    ],
    "families whose samples have different names": [
      "# TYPE x counter\n# TYPE x_total counter\nx_total_total 1\n# EOF\n",
      [
        { name: "x_total", type: "counter", samples: [] },
        { name: "x_total_total", type: "counter", samples: [["x_total_total", [], 1]] },
      ],
    ],
  },
};

for (const format of ["text", "openmetrics"] as const) {
  for (const [title, [text, families]] of Object.entries(ACCEPTED[format])) {
    Deno.test(`parseExposition() reads ${format} with ${title}`, () => {
      assertEquals<unknown>(parseExposition(text, { format }).map(show), families);
    });
  }
}

const VALUES: Record<string, number> = {
  "0": 0,
  "-0": -0,
  "+1": 1,
  "007": 7,
  "1.": 1,
  ".5": 0.5,
  "-.5e1": -5,
  "1E+2": 100,
  "0.1": 0.1,
  "0.30000000000000004": 0.1 + 0.2,
  "123456789.012345": 123456789.012345,
  "999999999999999": 999999999999999,
  "9007199254740993": 9007199254740992,
  "1.7976931348623157e308": Number.MAX_VALUE,
  "5e-324": 5e-324,
  "1e-400": 0,
  "NaN": NaN,
  "nan": NaN,
  "Inf": Infinity,
  "+Inf": Infinity,
  "-Inf": -Infinity,
  "+infinity": Infinity,
  "-INFINITY": -Infinity,
};

for (const [value, expected] of Object.entries(VALUES)) {
  Deno.test(`parseExposition() reads the value ${value}`, () => {
    for (const [format, end] of [["text", ""], ["openmetrics", "# EOF\n"]] as const) {
      const [family] = parseExposition(`x ${value}\n${end}`, { format });
      assertStrictEquals(family?.samples[0]?.value, expected);
    }
  });
}

for (
  const value of [
    ...[
      "",
      "x",
      "1x",
      "1_0",
      "0x1",
      "0b1",
      ".",
      "+",
      "-",
      "e5",
      "1e",
      "1e+",
      "1e999",
      "--1",
      "1..2",
    ],
    ...["+NaN", "-nan", "In", "infinit", "1,5", "١"],
  ]
) {
  Deno.test(`parseExposition() rejects the value ${JSON.stringify(value)}`, () => {
    assertThrows(() => parseExposition(`x ${value}\n`), ExpositionError, "a value");
    assertThrows(
      () => parseExposition(`x ${value}\n# EOF\n`, { format: "openmetrics" }),
      ExpositionError,
      "a value",
    );
  });
}

const HISTOGRAM = "# TYPE x histogram\n";
const SUMMARY = "# TYPE x summary\n";

/** Invalid expositions, and the error messages after "Cannot parse exposition: ". */
const REJECTED: Record<Format, Record<string, readonly [text: string, message: string]>> = {
  text: {
    "a last line without a line feed": [
      "x 1\ny 2",
      "line 2, column 4: expected a line feed, got the end of the text",
    ],
    "a name with a leading digit": [
      "0x 1\n",
      'line 1, column 1: expected a metric name, got "0x"',
    ],
    "a byte order mark": ["\ufeffx 1\n", 'line 1, column 1: expected a metric name, got "\ufeffx"'],
    "a lone surrogate": [
      'x 1\nx{a="\ud800"} 1\n',
      'line 2, column 6: expected well-formed Unicode, got "\\ud800\\"} 1"',
    ],
    "a carriage return": ["x 1\r\n", 'line 1, column 3: expected a value, got "1\\r"'],
    "a missing value": ["x\n", "line 1, column 2: expected a value, got the end of the line"],
    "text after the timestamp": [
      "x 1 2 3\n",
      'line 1, column 7: expected the end of the line, got "3"',
    ],
    "a timestamp with a fraction": [
      "x 1 1.5\n",
      'line 1, column 5: expected a timestamp in milliseconds, got "1.5"',
    ],
    "a timestamp of more than 64 bits": [
      "x 1 9300000000000000000\n",
      'line 1, column 5: expected a timestamp in milliseconds, got "9300000000000000000"',
    ],
    "an exemplar": [
      "x 1 # {} 1\n",
      'line 1, column 5: expected a timestamp in milliseconds, got "#"',
    ],
    "a missing label name": [
      'x{="1"} 1\n',
      'line 1, column 3: expected a label name, got "=\\"1\\"} 1"',
    ],
    "a comma without labels": ["x{,} 1\n", 'line 1, column 3: expected a label name, got ",} 1"'],
    "two commas": ['x{a="1",,} 1\n', 'line 1, column 9: expected a label name, got ",} 1"'],
    "a missing comma": [
      'x{a="1" b="2"} 1\n',
      'line 1, column 9: expected "," or "}", got "b=\\"2\\"} 1"',
    ],
    "a colon in a label name": [
      'x{a:b="1"} 1\n',
      'line 1, column 4: expected "=", got ":b=\\"1\\"} 1"',
    ],
    "an unquoted label value": [
      "x{a=1} 1\n",
      'line 1, column 5: expected a label value in quotes, got "1} 1"',
    ],
    "an unterminated label value": [
      'x{a="1} 1\n"',
      'line 1, column 5: expected a closing quote, got "\\"1} 1"',
    ],
    "a value that ends with a backslash": [
      'x{a="1\\\n"} 1\n',
      'line 1, column 5: expected a closing quote, got "\\"1\\\\"',
    ],
    "an unknown escape in a value": [
      'x{a="C:\\dir"} 1\n',
      'line 1, column 8: expected an escaped backslash, got "\\\\d"',
    ],
    "an unknown escape in a help text": [
      '# HELP x "\\""\n',
      'line 1, column 11: expected an escaped backslash, got "\\\\\\""',
    ],
    "unterminated braces": [
      'x{a="1"\n',
      'line 1, column 8: expected "," or "}", got the end of the line',
    ],
    "a duplicate label": [
      'x{a="1",b="2",a="3"} 1\n',
      'line 1, column 2: expected unique label names, got "{a=\\"1\\",b=\\"2\\",a=\\"3\\"}"',
    ],
    "a duplicate label, once with an empty value": [
      'x{a="1",a=""} 1\n',
      'line 1, column 2: expected unique label names, got "{a=\\"1\\",a=\\"\\"}"',
    ],
    "a label named __name__": [
      'x{__name__="y"} 1\n',
      'line 1, column 2: expected no label "__name__", got "{__name__=\\"y\\"}"',
    ],
    "braces without a name": [
      '{a="1"} 1\n',
      'line 1, column 2: expected a metric name in quotes, got "a=\\"1\\"} 1"',
    ],
    "an empty name": [
      '{""} 1\n',
      'line 1, column 2: expected a name that is not empty, got "\\"\\""',
    ],
    "a quoted name without braces": [
      'x 1\n"a.b" 1\n',
      'line 2, column 1: expected braces around a metric name in quotes, got "\\"a.b\\" 1"',
    ],
    "a quoted name before braces": [
      '"x"{a="1"} 1\n',
      'line 1, column 1: expected braces around a metric name in quotes, got "\\"x\\"{a=\\"1\\"} 1"',
    ],
    "labels right after a quoted name": [
      '{"x" a="1"} 1\n',
      'line 1, column 6: expected "," or "}", got "a=\\"1\\"} 1"',
    ],
    "a help text without a name": [
      "# HELP\n",
      "line 1, column 7: expected a metric name, got the end of the line",
    ],
    "a help text without a space before it": [
      "# HELP x-y\n",
      'line 1, column 9: expected a blank after the metric name, got "-y"',
    ],
    "a missing type": [
      "# TYPE x\n",
      "line 1, column 9: expected one of the types counter, gauge, histogram, summary, untyped, " +
      "got the end of the line",
    ],
    "a type of OpenMetrics": [
      "# TYPE x info\n",
      'line 1, column 10: expected one of the types counter, gauge, histogram, summary, untyped, got "info"',
    ],
    "text after the type": [
      "# TYPE x gauge y\n",
      'line 1, column 16: expected the end of the line, got "y"',
    ],
    "two types": [
      "# TYPE x gauge\n# TYPE x gauge\n",
      'line 2, column 3: expected no second type of x, got "TYPE x gauge"',
    ],
    "two help texts": [
      "# HELP x a\n# HELP x a\n",
      'line 2, column 3: expected no second help text of x, got "HELP x a"',
    ],
    "a type after samples": [
      "x 1\n# TYPE x gauge\n",
      'line 2, column 3: expected metadata of x before its samples, got "TYPE x gauge"',
    ],
    "a family that is split": [
      "x 1\ny 1\nx 2\n",
      'line 3, column 1: expected all lines of x together, got "x 2"',
    ],
    "a family whose metadata is split": [
      "# TYPE x gauge\ny 1\n# HELP x Help.\n",
      'line 3, column 3: expected all lines of x together, got "HELP x Help."',
    ],
    "a family with the name of a sample of another one": [
      `${HISTOGRAM}# TYPE x_count counter\n`,
      'line 2, column 3: expected all lines of x together, got "TYPE x_count counter"',
    ],
    "a sample with the name of another family": [
      `x_count 1\n${HISTOGRAM}`,
      'line 2, column 3: expected all lines of x_count together, got "TYPE x histogram"',
    ],
    "a duplicate series": [
      'x{a="1",b="2"} 1\nx{a="1",b="2"} 1 5\n',
      'line 2, column 1: duplicate series "x{a=\\"1\\",b=\\"2\\"}"',
    ],
    "a duplicate series with labels in another order": [
      'x{a="1",b="2"} 1\nx{b="2",a="1"} 1\n',
      'line 2, column 1: duplicate series "x{b=\\"2\\",a=\\"1\\"}"',
    ],
    "a duplicate series with other blanks": [
      'x{a="1",b="2"} 1\nx{ a="1",b="2" } 1\n',
      'line 2, column 1: duplicate series "x{ a=\\"1\\",b=\\"2\\" }"',
    ],
    "a duplicate series with a quoted name": [
      'x{a="1"} 1\n{"x","a"="1"} 1\n',
      'line 2, column 1: duplicate series "{\\"x\\",\\"a\\"=\\"1\\"}"',
    ],
    "a duplicate series with an empty label": [
      'x{a="1"} 1\nx{a="1",b=""} 1\n',
      'line 2, column 1: duplicate series "x{a=\\"1\\",b=\\"\\"}"',
    ],
    "a duplicate sum": [
      `${HISTOGRAM}x_sum 1\nx_count 1\nx_sum 1\n`,
      'line 4, column 1: duplicate series "x_sum"',
    ],
    "a histogram with a sample that is not its own": [
      `${HISTOGRAM}x 1\n`,
      'line 2, column 1: expected x_bucket with label "le", and x_sum and x_count without, got "x 1"',
    ],
    "a bucket without a bound": [
      `${HISTOGRAM}x_bucket 1\n`,
      'line 2, column 1: expected x_bucket with label "le", and x_sum and x_count without, got "x_bucket 1"',
    ],
    "a sum with a bound": [
      `${HISTOGRAM}x_sum{le="1"} 1\n`,
      'line 2, column 1: expected x_bucket with label "le", and x_sum and x_count without, ' +
      'got "x_sum{le=\\"1\\"} 1"',
    ],
    "a bound that is not a number": [
      `${HISTOGRAM}x_bucket{le="one"} 1\n`,
      'line 2, column 1: expected a number in label "le", got "x_bucket{le=\\"one\\"} 1"',
    ],
    "buckets in descending order": [
      `${HISTOGRAM}x_bucket{le="2"} 1\nx_bucket{le="10"} 1\nx_bucket{le="3"} 1\n`,
      'line 4, column 1: expected a label "le" above 10, got "x_bucket{le=\\"3\\"} 1"',
    ],
    "buckets in descending order with labels in another order": [
      `${HISTOGRAM}x_bucket{le="2",a="1",b="2"} 1\nx_bucket{b="2",a="1",le="1"} 1\n`,
      'line 3, column 1: expected a label "le" above 2, got "x_bucket{b=\\"2\\",a=\\"1\\",le=\\"1\\"} 1"',
    ],
    "the same bound twice": [
      `${HISTOGRAM}x_bucket{le="1"} 1\nx_bucket{le="1.0"} 1\n`,
      'line 3, column 1: duplicate series "x_bucket{le=\\"1.0\\"}"',
    ],
    "the same bound twice between those of another histogram": [
      `${HISTOGRAM}x_bucket{le="1",a="1"} 1\nx_bucket{le="1",a="2"} 1\nx_bucket{a="1",le="1e0"} 1\n`,
      'line 4, column 1: duplicate series "x_bucket{a=\\"1\\",le=\\"1e0\\"}"',
    ],
    "the same quantile twice": [
      `${SUMMARY}x{quantile="0.5"} 1\nx{quantile="0.50"} 1\n`,
      'line 3, column 1: duplicate series "x{quantile=\\"0.50\\"}"',
    ],
    "a count that differs from the last bucket": [
      `${HISTOGRAM}x_bucket{le="+Inf"} 2\nx_sum 1\nx_count 3\n`,
      'line 4, column 1: expected x_count to equal the last bucket, got "x_count 3"',
    ],
    "a last bucket that differs from the count before it": [
      `${HISTOGRAM}x_count{a="1"} 3\nx_bucket{le="1",a="1"} 1\nx_bucket{le="+Inf",a="1"} 2\n`,
      'line 4, column 1: expected x_count to equal the last bucket, got "x_bucket{le=\\"+Inf\\",a=\\"1\\"} 2"',
    ],
    "quantiles in descending order": [
      `${SUMMARY}x{quantile="0.9"} 1\nx{quantile="0.5"} 1\n`,
      'line 3, column 1: expected a label "quantile" above 0.9, got "x{quantile=\\"0.5\\"} 1"',
    ],
  },
  openmetrics: {
    "an empty text": ["", 'line 1, column 1: expected "# EOF", got the end of the text'],
    "a missing end": ["x 1\n", 'line 2, column 1: expected "# EOF", got the end of the text'],
    "text after the end": [
      "# EOF\n# EOF\n",
      'line 2, column 1: expected nothing after "# EOF", got "# EOF"',
    ],
    "a blank line": [
      "\n# EOF\n",
      "line 1, column 1: expected a metric name, got the end of the line",
    ],
    "a comment": [
      "# Doors\n# EOF\n",
      'line 1, column 1: expected a sample, "# TYPE", "# UNIT", "# HELP" or "# EOF", got "# Doors"',
    ],
    "two spaces": ["x  1\n# EOF\n", 'line 1, column 3: expected a value, got " "'],
    "a carriage return at the end of a line": [
      "x 1\r\n# EOF\n",
      'line 1, column 3: expected a value, got "1\\r"',
    ],
    "a backslash at the end of a help text": [
      "# HELP x a\\\n# EOF\n",
      'line 1, column 11: expected an escaped backslash, got "\\\\"',
    ],
    "a timestamp that overflows in milliseconds": [
      "x 1 1e308\n# EOF\n",
      'line 1, column 5: expected a timestamp in seconds, got "1e308"',
    ],
    "the type of the text format": [
      "# TYPE x untyped\n# EOF\n",
      "line 1, column 10: expected one of the types counter, gauge, histogram, gaugehistogram, summary, " +
      'info, stateset, unknown, got "untyped"',
    ],
    "a unit that is not a suffix of the name": [
      "# UNIT xseconds seconds\n# EOF\n",
      'line 1, column 17: expected the name xseconds to end with "_seconds", got "seconds"',
    ],
    "a unit of an info": [
      "# UNIT x_s s\n# TYPE x_s info\n# EOF\n",
      'line 1, column 1: expected no unit for x_s, whose type has none, got "# UNIT x_s s"',
    ],
    "a family that is split": [
      "x 1\ny 1\nx 2\n# EOF\n",
      'line 3, column 1: expected all lines of x together, got "x 2"',
    ],
    "a sample that the type does not allow": [
      "# TYPE x counter\nx 1\n# EOF\n",
      'line 2, column 1: expected one of the samples x_total, x_created, got "x 1"',
    ],
    "a family that could have the samples of another one": [
      "x_created 1\n# TYPE x counter\n# EOF\n",
      'line 2, column 1: expected a family without samples named x_created, got "# TYPE x counter"',
    ],
    "a counter without a total": [
      "# TYPE x counter\nx_created 1\n# EOF\n",
      'line 2, column 1: expected x_total in this metric, got "x_created 1"',
    ],
    "a creation time that is not a time": [
      "# TYPE x counter\nx_total 1\nx_created NaN\n# EOF\n",
      'line 3, column 11: expected a time in seconds for x_created, got "NaN"',
    ],
    "a bucket with a fractional count": [
      `${HISTOGRAM}x_bucket{le="+Inf"} 1.5\n# EOF\n`,
      'line 2, column 21: expected an integer of at least 0 for x_bucket, got "1.5"',
    ],
    "a duplicate bucket": [
      `${HISTOGRAM}x_bucket{le="1.0"} 1\nx_bucket{le="1"} 1\n# EOF\n`,
      'line 3, column 1: duplicate series "x_bucket{le=\\"1\\"}"',
    ],
    "a count that differs from the last bucket": [
      `${HISTOGRAM}x_bucket{le="+Inf"} 1\nx_count 2\nx_sum 1\n# EOF\n`,
      "line 2, column 1: expected x_count to equal the last bucket in this histogram, " +
      'got "x_bucket{le=\\"+Inf\\"} 1"',
    ],
    "an infinite bound that is not +Inf": [
      `${HISTOGRAM}x_bucket{le="Inf"} 1\n# EOF\n`,
      'line 2, column 1: expected a number in label "le", got "x_bucket{le=\\"Inf\\"} 1"',
    ],
    "a sum with a bucket label": [
      `${HISTOGRAM}x_sum{le="1.0"} 1\n# EOF\n`,
      'line 2, column 1: expected no label "le" for x_sum, got "x_sum{le=\\"1.0\\"} 1"',
    ],
    "an exemplar above its bucket": [
      `${HISTOGRAM}x_bucket{le="1.0"} 1 # {} 1.5\nx_bucket{le="+Inf"} 1\n# EOF\n`,
      'line 2, column 1: expected an exemplar of at most 1, got "x_bucket{le=\\"1.0\\"} 1 # {} 1.5"',
    ],
    "a duplicate series": [
      'x{a="1"} 1\nx{a="1"} 1\n# EOF\n',
      'line 2, column 1: duplicate series "x{a=\\"1\\"}"',
    ],
    "a duplicate series with an unnecessary escape": [
      'x{a="\\b"} 1\nx{a="\\\\b"} 1\n# EOF\n',
      'line 2, column 1: duplicate series "x{a=\\"\\\\\\\\b\\"}"',
    ],
    "a duplicate series after another one": [
      'x{a="1"} 1\nx{a="2"} 1\nx{a="1"} 2\n# EOF\n',
      'line 3, column 1: duplicate series "x{a=\\"1\\"}"',
    ],
    "a metric that is split": [
      `${SUMMARY}x_sum{a="1"} 1\nx_sum{a="2"} 1\nx_count{a="1"} 2\n# EOF\n`,
      'line 4, column 1: expected all samples of a metric together, and none twice, got "x_count{a=\\"1\\"} 2"',
    ],
    "a metric with timestamps that is split": [
      'x{a="1"} 1 1\nx{a="2"} 1 1\nx{a="1"} 2 2\n# EOF\n',
      'line 3, column 1: expected all samples of a metric together, and none twice, got "x{a=\\"1\\"} 2 2"',
    ],
    "a quoted name before braces": [
      '"a.b"{c="d"} 1\n# EOF\n',
      'line 1, column 1: expected braces around a metric name in quotes, got "\\"a.b\\"{c=\\"d\\"} 1"',
    ],
    "a duplicate total": [
      "# TYPE x counter\nx_total 1\nx_created 1\nx_total 1\n# EOF\n",
      'line 4, column 1: duplicate series "x_total"',
    ],
    "a duplicate quantile": [
      `${SUMMARY}x{quantile="0.5"} 1\nx{quantile="0.50"} 1\n# EOF\n`,
      'line 3, column 1: duplicate series "x{quantile=\\"0.50\\"}"',
    ],
    "a duplicate state": [
      '# TYPE x stateset\nx{x="a"} 1\nx{x="a"} 0\n# EOF\n',
      'line 3, column 1: duplicate series "x{x=\\"a\\"}"',
    ],
    "a duplicate info": [
      '# TYPE x info\nx_info{a="1"} 1\nx_info{a="2"} 1\nx_info{a="1"} 1\n# EOF\n',
      'line 4, column 1: duplicate series "x_info{a=\\"1\\"}"',
    ],
  },
};

for (const format of ["text", "openmetrics"] as const) {
  for (const [title, [text, message]] of Object.entries(REJECTED[format])) {
    Deno.test(`parseExposition() rejects ${format} with ${title}`, () => {
      const error = assertThrows(() => parseExposition(text, { format }), ExpositionError);
      assertEquals(error.message, `Cannot parse exposition: ${message}`);
    });
  }
}

/** Expositions with several errors, their messages, and the series that remain. */
const ERRORS: Record<
  Format,
  Record<string, readonly [text: string, messages: string[], series: string[]]>
> = {
  text: {
    "lines": [
      "a{ 1\nb 1\nc x\nb 1\nd 1\n",
      [
        'line 1, column 4: expected a label name, got "1"',
        'line 3, column 3: expected a value, got "x"',
        'line 4, column 1: expected all lines of b together, got "b 1"',
      ],
      ["b", "d"],
    ],
    "duplicates": [
      "a 1\na 2\nb 1\na 3\na 4\n",
      [
        'line 2, column 1: duplicate series "a"',
        'line 4, column 1: expected all lines of a together, got "a 3"',
      ],
      ["a", "a", "b"],
    ],
    "a type, without whose family the samples mean nothing": [
      "# TYPE x histgram\nx_bucket 1\nx_sum 1\n # TYPE y gauge\ny 1\n",
      [
        "line 1, column 10: expected one of the types counter, gauge, histogram, summary, untyped, " +
        'got "histgram"',
      ],
      ["y"],
    ],
    "a missing line feed at the end": [
      "a 1\nb 1",
      ["line 2, column 4: expected a line feed, got the end of the text"],
      ["a", "b"],
    ],
    "lone surrogates": [
      'a{b="\ud800"} 1\n',
      ['line 1, column 6: expected well-formed Unicode, got "\\ud800\\"} 1"'],
      ['a{b="\ufffd"}'],
    ],
  },
  openmetrics: {
    "lines": [
      "# Comment\n# TYPE a gauge\na\na{b=} 1\na 1\n# EOF\n",
      [
        'line 1, column 1: expected a sample, "# TYPE", "# UNIT", "# HELP" or "# EOF", got "# Comment"',
        "line 3, column 2: expected a space, got the end of the line",
        'line 4, column 5: expected a label value in quotes, got "} 1"',
      ],
      ["a"],
    ],
    "families that are split, once each": [
      `# TYPE x summary\nx_sum 1\ny 1\n# TYPE x summary\nx_sum 1\n# TYPE z gauge\nz 1\ny 3\ny 4\n# EOF\n`,
      [
        'line 4, column 1: expected all lines of x together, got "# TYPE x summary"',
        'line 8, column 1: expected all lines of y together, got "y 3"',
      ],
      ["x_sum", "y", "z"],
    ],
    "points and families, without the lines after them": [
      `${HISTOGRAM}x_bucket{le="1"} 1\n# TYPE y counter\ny_created{a="1"} 1\ny_total{a="2"} 1\nx_bucket 1\nx_bucket 2 1\nz 1\n# EOF\n`,
      [
        'line 2, column 1: expected x_bucket with label "le" of "+Inf" in this histogram, got "x_bucket{le=\\"1\\"} 1"',
        'line 4, column 1: expected y_total in this metric, got "y_created{a=\\"1\\"} 1"',
        "line 6, column 1: expected a family without samples named x_bucket, which belong to x, " +
        'got "x_bucket 1"',
        'line 7, column 1: expected timestamps on all samples of a metric or on none, got "x_bucket 2 1"',
      ],
      ['x_bucket{le="1"}', 'y_total{a="2"}', "x_bucket", "z"],
    ],
    "the end": ["x 1\n", ['line 2, column 1: expected "# EOF", got the end of the text'], ["x"]],
    "text after the end, once": [
      "x 1\n# EOF\ny 1\nz\n",
      ['line 3, column 1: expected nothing after "# EOF", got "y 1"'],
      ["x"],
    ],
  },
};

for (const format of ["text", "openmetrics"] as const) {
  for (const [title, [text, messages, series]] of Object.entries(ERRORS[format])) {
    Deno.test(`parseExposition() reports all errors in ${format} and reads on: ${title}`, () => {
      const errors: ExpositionError[] = [];
      const families = parseExposition(text, { format, onError: (error) => errors.push(error) });
      assertEquals(
        errors.map(({ message }) => message),
        messages.map((message) => `Cannot parse exposition: ${message}`),
      );
      assertEquals(families.flatMap(({ samples }) => samples.map(({ series }) => series)), series);
    });
  }
}

Deno.test("parseExposition() throws what onError throws", () => {
  const onError = () => {
    throw new Error("Enough");
  };
  assertThrows(() => parseExposition("a\nb\n", { onError }), Error, "Enough");
});

Deno.test("parseExposition() limits the labels of an exemplar to 128 characters", () => {
  const parse = (label: string) =>
    parseExposition(`# TYPE x counter\nx_total 1 # {a="${label}"} 1\n# EOF\n`, {
      format: "openmetrics",
    });
  parse("🥪".repeat(127));
  assertThrows(() => parse("🥪".repeat(128)), ExpositionError, "at most 128 characters");
});

Deno.test("parseExposition() omits absent properties of a family", () => {
  assertEquals(Object.keys(parseExposition("x 1\n")[0]!), ["name", "type", "samples"]);
  const [family] = parseExposition("x 1\n# EOF\n", { format: "openmetrics" });
  assertEquals(Object.keys(family!), ["name", "type", "samples"]);
});

Deno.test("parseExposition() names the source in errors", () => {
  const error = assertThrows(
    () => parseExposition("x 1\n y z\n", { source: "http://a/metrics" }),
    ExpositionError,
    'Cannot parse exposition "http://a/metrics": line 2, column 4: expected a value, got "z"',
  );
  assertInstanceOf(error, SyntaxError);
  const { name, source, line, column, found } = error;
  assertEquals({ name, source, line, column, found }, {
    name: "ExpositionError",
    source: "http://a/metrics",
    line: 2,
    column: 4,
    found: "z",
  });
});

Deno.test("parseExposition() truncates long texts in errors", () => {
  const error = assertThrows(() => parseExposition("x".repeat(1e6) + "-\n"), ExpositionError);
  assert(error.message.length < 200);
  assert(
    assertThrows(() => parseExposition(`-${"x".repeat(1e6)}\n`), ExpositionError).found.length <
      500,
  );
});

Deno.test("parseExposition() rejects unknown formats", () => {
  assertThrows(
    () => parseExposition("", { format: "json" as Format }),
    RangeError,
    'Cannot parse exposition: expected format "text" or "openmetrics", got "json"',
  );
});

/** Texts that would take minutes to parse if the time were quadratic. */
const LONG: Record<string, (length: number) => string> = {
  "series that differ only at the end": (length) =>
    lines(10 * length, 17_000, (i) => `x{a="${pad(i, 16_900)}"} 1\n`),
  "names that differ only at the end": (length) =>
    lines(10 * length, 17_000, (i) => `${pad(i, 16_900)} 1\n`),
  "label names that differ only at the end": (length) =>
    `x{${lines(10 * length, 17_000, (i) => `${pad(i, 16_900)}="1",`)}} 1\n`,
  "a series of many labels": (length) =>
    `x{${lines(length, 20, (i) => `a${i}="",b${i}="1",`)}} 1\n`,
  "a series for each set of label names": (length) => lines(length, 15, (i) => `x{a${i}="1"} 1\n`),
  "labels in changing order": (length) =>
    lines(length, 20, (i) => i % 2 === 0 ? `x{a="${i}",b="1"} 1\n` : `x{b="1",a="${i}"} 1\n`),
  "interleaved histograms": (length) =>
    HISTOGRAM + lines(length, 60, (i) => `x_bucket{a="${i}",le="1"} 1\n`) +
    lines(length, 60, (i) => `x_bucket{a="${i}",le="2"} 1\n`),
  "errors": (length) => lines(length, 40, (i) => `${pad(i, 32)}\n`),
  "families": (length) => lines(length, 10, (i) => `x${i} 1\n`),
  "a number": (length) => `x 0.${"1".repeat(length)}\n`,
  "blanks": (length) => `# HELP x${" ".repeat(length)}a${" ".repeat(length)}\n`,
  "escapes": (length) => `x{a="${"\\n".repeat(length / 2)}"} 1\n`,
};

function lines(length: number, each: number, write: (i: number) => string): string {
  return Array.from({ length: length / each }, (_, i) => write(i)).join("");
}

function pad(i: number, length: number): string {
  return "x".repeat(length) + String(i).padStart(6, "0");
}

for (const [title, write] of Object.entries(LONG)) {
  Deno.test(`parseExposition() takes linear time for ${title}`, () => {
    const text = write(4_000_000);
    const start = performance.now();
    parseExposition(text, { onError: () => {} });
    const seconds = (performance.now() - start) / 1000;
    assert(seconds < 5, `${seconds} s`);
  });
}

Deno.test("parseExposition() rejects unknown options", () => {
  assertThrows(
    () => parseExposition("", { fromat: "text" } as ParseOptions),
    TypeError,
    'Cannot parse exposition: unknown option "fromat", did you mean "format"?',
  );
});
