import { assertEquals, assertThrows } from "@std/assert";
import { readOpenMetrics2 } from "./openmetrics2_reader.ts";

Deno.test("readOpenMetrics2() reads families", () => {
  const families = readOpenMetrics2(`# TYPE "a.b" counter
# UNIT "a.b" bytes
# HELP "a.b" A \\"b\\".
{"a.b","c d"="# {\\n"} 1.5e+3 -0.5 st@12 # {} +Inf 3
# TYPE x histogram
x{e="f"} {count:5,sum:NaN,schema:1,zero_threshold:1e-4,zero_count:1,negative_spans:[-2:1,3:2],negative_buckets:[1,0,1],bucket:[0.5:1,+Inf:5]} # {g="h"} 1 2 # {} 2 3.25
`
    .concat("# EOF\n"));
  assertEquals(families, [
    {
      name: "a.b",
      type: "counter",
      unit: "bytes",
      help: 'A "b".',
      samples: [{
        labels: new Map([["c d", "# {\n"]]),
        value: 1500,
        timestamp: -500,
        start: 12_000,
        exemplars: [{ labels: new Map(), value: Infinity, timestamp: 3000 }],
      }],
    },
    {
      name: "x",
      type: "histogram",
      unit: undefined,
      help: undefined,
      samples: [{
        labels: new Map([["e", "f"]]),
        value: {
          count: 5,
          sum: NaN,
          parts: [["0.5", 1], ["+Inf", 5]],
          native: {
            schema: 1,
            zeroThreshold: 1e-4,
            zeroCount: 1,
            negative: [[-2, 1], [2, 0], [3, 1]],
            positive: [],
          },
        },
        timestamp: undefined,
        start: undefined,
        exemplars: [
          { labels: new Map([["g", "h"]]), value: 1, timestamp: 2000 },
          { labels: new Map(), value: 2, timestamp: 3250 },
        ],
      }],
    },
  ]);
});

const WRONG: Record<string, string[]> = {
  "a sample without a type": ["x 1"],
  "a type that does not exist": ["# TYPE x untyped", "x 1"],
  "a type without samples": ["# TYPE x gauge"],
  "a family that was there": ["# TYPE x gauge", "x 1", "# TYPE x gauge", 'x{a="b"} 1'],
  "a comment": ["# TYPE x gauge", "# Comment", "x 1"],
  "an empty line": ["# TYPE x gauge", "", "x 1"],
  "the unit after the help text": ["# TYPE x gauge", "# HELP x X.", "# UNIT x s", "x 1"],
  "a unit that is none": ["# TYPE x gauge", "# UNIT x By/s", "x 1"],
  "a help text that is not escaped": ["# TYPE x gauge", '# HELP x "X".', "x 1"],
  "a sample of another name": ["# TYPE x counter", "x_total 1"],
  "a series that was there": ["# TYPE x gauge", "x 1", "x{} 1"],
  "a label that was there": ["# TYPE x gauge", 'x{a="1",a="2"} 1'],
  "an info of another name": ["# TYPE x info", "x 1"],
  "an info that is not 1": ["# TYPE x_info info", "x_info 2"],
  "a state without a name": ["# TYPE x stateset", 'x{a="b"} 1'],
  "a counter that is no number": ["# TYPE x counter", "x NaN"],
  "a counter with two exemplars": ["# TYPE x counter", "x 1 # {} 1 1 # {} 1 1"],
  "an exemplar without a timestamp": ["# TYPE x counter", "x 1 # {} 1"],
  "an exemplar of a gauge": ["# TYPE x gauge", "x 1 # {} 1 1"],
  "a start before the timestamp": ["# TYPE x counter", "x 1 st@1 1"],
  "a start of a gauge": ["# TYPE x gauge", "x 1 st@1"],
  "a start of a gauge histogram": [
    "# TYPE x gaugehistogram",
    "x {gcount:1,gsum:1,bucket:[+Inf:1]} st@1",
  ],
  "a histogram that is a number": ["# TYPE x histogram", "x 1"],
  "a gauge that is none": ["# TYPE x gauge", "x {count:1,sum:1,quantile:[]}"],
  "white space in a value": ["# TYPE x summary", "x {count:1, sum:1,quantile:[]}"],
  "a field too much": ["# TYPE x summary", "x {count:1,sum:1,quantile:[],bucket:[+Inf:1]}"],
  "a comma too much": ["# TYPE x summary", "x {count:1,sum:1,quantile:[],}"],
  "fields in another order": ["# TYPE x summary", "x {sum:1,count:1,quantile:[]}"],
  "quantiles that fall": ["# TYPE x summary", "x {count:1,sum:1,quantile:[0.5:1,0.1:1]}"],
  "a quantile above 1": ["# TYPE x summary", "x {count:1,sum:1,quantile:[1.5:1]}"],
  "a histogram without buckets": ["# TYPE x histogram", "x {count:1,sum:1}"],
  "a histogram without a last bucket": ["# TYPE x histogram", "x {count:1,sum:1,bucket:[1:1]}"],
  "buckets that fall": ["# TYPE x histogram", "x {count:1,sum:1,bucket:[1:2,+Inf:1]}"],
  "buckets of another count": ["# TYPE x histogram", "x {count:1,sum:1,bucket:[+Inf:2]}"],
  "a schema that there is not": [
    "# TYPE x histogram",
    "x {count:0,sum:0,schema:9,zero_threshold:0,zero_count:0}",
  ],
  "spans that do not fit": [
    "# TYPE x histogram",
    "x {count:1,sum:0,schema:1,zero_threshold:0,zero_count:0,positive_spans:[0:2],positive_buckets:[1]}",
  ],
  "native buckets of another count": [
    "# TYPE x histogram",
    "x {count:2,sum:0,schema:1,zero_threshold:0,zero_count:0,positive_spans:[0:1],positive_buckets:[1]}",
  ],
  "buckets before the native ones": [
    "# TYPE x histogram",
    "x {count:0,sum:0,bucket:[+Inf:0],schema:1,zero_threshold:0,zero_count:0}",
  ],
};

for (const [title, lines] of Object.entries(WRONG)) {
  Deno.test(`readOpenMetrics2() refuses ${title}`, () => {
    assertThrows(() => readOpenMetrics2([...lines, "# EOF\n"].join("\n")), SyntaxError);
  });
}

Deno.test("readOpenMetrics2() demands an end", () => {
  for (const text of ["", "# TYPE x gauge\nx 1\n", "# EOF"]) {
    assertThrows(() => readOpenMetrics2(text), SyntaxError);
  }
});
