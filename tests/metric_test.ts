import { assertEquals, assertThrows } from "@std/assert";
import { Labels, type LabelsInit } from "../labels.ts";
import { Metric, type MetricOptions } from "../metric.ts";
import { METRIC_TYPES, type MetricType } from "../model/metric_type.ts";

/** What a program without types may give. */
function untyped(options: Record<string, unknown>): MetricOptions {
  return options as MetricOptions;
}

const NOT_NUMBERS = [
  [true, "true"],
  [false, "false"],
  ["1", '"1"'],
  [null, "null"],
  [1n, "a bigint"],
  [[1], "an array"],
  [new Number(1), "an object of class Number"],
  [new Date(0), "an object of class Date"],
] as const;

const NOT_STRINGS = [
  [null, "null"],
  [1, "1"],
  [true, "true"],
  [["text"], "an array"],
] as const;

Deno.test("new Metric() needs only a name", () => {
  const { name, type, value, help, unit, labels, timestamp, exemplar } = new Metric("x");
  assertEquals(
    { name, type, value, help, unit, labels: [...labels], timestamp, exemplar },
    {
      name: "x",
      type: "untyped",
      value: 0,
      help: undefined,
      unit: undefined,
      labels: [],
      timestamp: undefined,
      exemplar: undefined,
    },
  );
});

for (
  const [name, expected] of [
    ["doors_open", "doors_open"],
    ["doors open now", "doors_open_now"],
    [" ", "_"],
    ["job:rate 5m", "job:rate_5m"],
    ["UP", "UP"],
    [":", ":"],
  ] as const
) {
  Deno.test(`new Metric() converts the name "${name}" to ${expected}`, () => {
    assertEquals(new Metric(name).name, expected);
  });
}

for (const name of ["", "1st", "a-b", "a.b", "a\tb", "a\nb", "é", "a{}"]) {
  Deno.test(`new Metric() rejects the name ${JSON.stringify(name)}`, () => {
    assertThrows(
      () => new Metric(name),
      RangeError,
      `Cannot create metric "${name}": expected a name that matches [a-zA-Z_:][a-zA-Z0-9_:]*`,
    );
  });
}

for (const [name, got] of NOT_STRINGS) {
  Deno.test(`new Metric() rejects the name ${got}, which is not a string`, () => {
    assertThrows(
      () => new Metric(name as unknown as string),
      TypeError,
      `Cannot create metric: expected a string as name, got ${got}`,
    );
  });
}

Deno.test("Metric.name cannot be changed", () => {
  const metric: { name: string } = new Metric("x");
  assertThrows(() => metric.name = "y", TypeError);
  assertEquals(metric.name, "x");
});

for (const type of METRIC_TYPES) {
  Deno.test(`new Metric() accepts the type ${type} in either case`, () => {
    const upper = type.toUpperCase() as Uppercase<MetricType>;
    assertEquals([new Metric("x", { type }).type, new Metric("x", { type: upper }).type], [
      type,
      type,
    ]);
  });
}

Deno.test("new Metric() rejects an unknown type", () => {
  assertThrows(
    () => new Metric("x", untyped({ type: "enum" })),
    RangeError,
    'Cannot read metric type "enum": expected one of counter, gauge, histogram, summary, untyped, ' +
      "gaugehistogram, info, stateset",
  );
});

Deno.test("new Metric() rejects a type that is not a string", () => {
  assertThrows(
    () => new Metric("x", untyped({ type: null })),
    TypeError,
    "Cannot read metric type: expected a string, got null",
  );
});

for (const option of ["help", "unit"] as const) {
  for (const [text, got] of NOT_STRINGS) {
    Deno.test(`new Metric() rejects ${got} as ${option}`, () => {
      assertThrows(
        () => new Metric("x", untyped({ [option]: text })),
        TypeError,
        `Cannot use ${option} of metric "x": expected a string, got ${got}`,
      );
    });
  }
}

for (const value of [42, -1.5, 0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE]) {
  Deno.test(`new Metric() accepts the value ${value}`, () => {
    assertEquals(new Metric("x", { value }).value, value);
  });
}

for (const [value, got] of NOT_NUMBERS) {
  const message = `Cannot use value of metric "x": expected a number, got ${got}`;

  Deno.test(`new Metric() rejects the value ${got}`, () => {
    assertThrows(() => new Metric("x", untyped({ value })), TypeError, message);
  });

  Deno.test(`Metric.value rejects ${got}`, () => {
    const metric = new Metric("x", { value: 7 });
    assertThrows(() => metric.value = value as unknown as number, TypeError, message);
    assertEquals(metric.value, 7);
  });
}

Deno.test("Metric.value can be changed", () => {
  const metric = new Metric("x", { value: 1 });
  metric.value = 2;
  assertEquals(metric.value, 2);
});

Deno.test("new Metric() copies the labels", () => {
  const labels = new Labels({ a: "1" });
  const metric = new Metric("x", { labels });
  labels.set("a", "2");
  assertEquals(metric.labels.get("a"), "1");
});

Deno.test("new Metric() rejects invalid labels", () => {
  assertThrows(
    () => new Metric("x", { labels: { __a: "1" } }),
    RangeError,
    'Cannot set label "__a": names that begin with "__" are reserved',
  );
});

Deno.test("Metric.labels can be changed", () => {
  const metric = new Metric("x", { labels: { a: "1" } });
  metric.labels.set("b", "2");
  assertEquals(metric.sample().series, 'x{a="1",b="2"}');
});

Deno.test("new Metric() rejects a timestamp that is not a Date", () => {
  assertThrows(
    () => new Metric("x", untyped({ timestamp: 1000 })),
    TypeError,
    'Cannot use timestamp of metric "x": expected a Date, got 1000',
  );
});

Deno.test("new Metric() rejects an invalid Date", () => {
  assertThrows(
    () => new Metric("x", { timestamp: new Date(NaN) }),
    RangeError,
    'Cannot use timestamp of metric "x": the Date is invalid',
  );
});

Deno.test("Metric.sample() has the time of a Date when the metric was created", () => {
  const timestamp = new Date(1000);
  const metric = new Metric("x", { timestamp });
  timestamp.setTime(NaN);
  assertEquals([metric.sample().timestamp, metric.timestamp], [1000, new Date(1000)]);
});

for (
  const [filter, expected] of [
    [{}, true],
    [{ site: "north" }, true],
    [{ floor: "1", site: "north" }, true],
    [{ site: "south" }, false],
    [{ site: "north", floor: "2" }, false],
    [{ room: "3" }, false],
    [{ site: "" }, false],
    [{ room: "" }, false],
    [{ Site: "north" }, false],
  ] satisfies [LabelsInit, boolean][]
) {
  Deno.test(`Metric.checkFilter() returns ${expected} for ${JSON.stringify(filter)}`, () => {
    const metric = new Metric("x", { labels: { site: "north", floor: "1" } });
    assertEquals(metric.checkFilter(filter), expected);
  });
}

Deno.test("Metric.checkFilter() accepts labels, a Map and pairs", () => {
  const metric = new Metric("x", { labels: { a: "1" } });
  const pairs: [string, string][] = [["a", "1"]];
  assertEquals(
    [pairs, new Map(pairs), new Labels(pairs)].map((filter) => metric.checkFilter(filter)),
    [true, true, true],
  );
});

Deno.test("Metric.sample() returns a copy", () => {
  const metric = new Metric("x", { labels: { a: "1" }, value: 1 });
  const sample = metric.sample();
  metric.value = 2;
  metric.labels.set("a", "2");
  assertEquals([sample.series, sample.value], ['x{a="1"}', 1]);
});

Deno.test("Metric.sample() has the checked name, even if a subclass overrides it", () => {
  class Renamed extends Metric {
    override get name(): string {
      return "not a name";
    }
  }
  assertEquals(new Renamed("x").sample().name, "x");
});

Deno.test("Metric.value of a subclass is computed on each read", () => {
  class Ticks extends Metric {
    #count = 0;
    override get value(): number {
      return ++this.#count;
    }
  }
  const ticks = new Ticks("ticks");
  assertEquals([ticks.value, ticks.sample().value, ticks.value], [1, 2, 3]);
});

Deno.test("Metric.value of a subclass is not read before sample()", () => {
  class Lazy extends Metric {
    override get value(): number {
      throw new Error("Not ready");
    }
  }
  const lazy = new Lazy("x");
  assertThrows(() => lazy.sample(), Error, "Not ready");
});

for (const [value, got] of [...NOT_NUMBERS, [undefined, "undefined"]] as const) {
  Deno.test(`Metric.sample() rejects ${got} as the value that a subclass computes`, () => {
    class Computed extends Metric {
      override get value(): number {
        return value as unknown as number;
      }
    }
    assertThrows(
      () => new Computed("x").sample(),
      TypeError,
      `Cannot use value of metric "x": expected a number, got ${got}`,
    );
  });
}

const TEXTS: Record<string, [metric: Metric, expected: string]> = {
  "a name only": [new Metric("up"), "# TYPE up untyped\nup 0\n"],
  "everything": [
    new Metric("doors open", {
      type: "GAUGE",
      help: "Doors open now.",
      labels: { site: "north", floor: "1" },
      value: 2.5,
      timestamp: new Date("2001-09-09T01:46:40.123Z"),
    }),
    `# HELP doors_open Doors open now.
# TYPE doors_open gauge
doors_open{site="north",floor="1"} 2.5 1000000000123
`,
  ],
  "a help text to escape": [
    new Metric("x", { help: 'Back\\slash, "quote"\nand line.' }),
    `# HELP x Back\\\\slash, "quote"\\nand line.\n# TYPE x untyped\nx 0\n`,
  ],
  "an empty help text": [new Metric("x", { help: "" }), "# TYPE x untyped\nx 0\n"],
  "label values to escape": [
    new Metric("x", { labels: { path: 'C:\\"a"\n' } }),
    '# TYPE x untyped\nx{path="C:\\\\\\"a\\"\\n"} 0\n',
  ],
  "infinity": [new Metric("x", { value: Infinity }), "# TYPE x untyped\nx +Inf\n"],
  "negative infinity": [new Metric("x", { value: -Infinity }), "# TYPE x untyped\nx -Inf\n"],
  "no number": [new Metric("x", { value: NaN }), "# TYPE x untyped\nx NaN\n"],
  "the timestamp of the epoch": [
    new Metric("x", { timestamp: new Date(0) }),
    "# TYPE x untyped\nx 0 0\n",
  ],
  "a timestamp before the epoch": [
    new Metric("x", { timestamp: new Date(-1) }),
    "# TYPE x untyped\nx 0 -1\n",
  ],
  "the last timestamp there is": [
    new Metric("x", { timestamp: new Date(8.64e15) }),
    "# TYPE x untyped\nx 0 8640000000000000\n",
  ],
  "a unit, which the format does not have": [
    new Metric("x_seconds", { unit: "seconds" }),
    "# TYPE x_seconds untyped\nx_seconds 0\n",
  ],
  "a single histogram value as untyped": [
    new Metric("x", { type: "histogram", value: 1 }),
    "# TYPE x untyped\nx 1\n",
  ],
  "a single summary value as untyped": [
    new Metric("x", { type: "summary", value: 1 }),
    "# TYPE x untyped\nx 1\n",
  ],
  "a bucket": [
    new Metric("x_bucket", { type: "histogram", labels: { le: "0.5" }, value: 1 }),
    '# TYPE x histogram\nx_bucket{le="0.5"} 1\n',
  ],
  "a bucket without a bound as untyped": [
    new Metric("x_bucket", { type: "histogram", value: 1 }),
    "# TYPE x_bucket untyped\nx_bucket 1\n",
  ],
  "a bucket of a gauge histogram, which the format does not have": [
    new Metric("x_bucket", { type: "gaugehistogram", help: "X.", labels: { le: "1" }, value: 1 }),
    '# HELP x_bucket X.\n# TYPE x_bucket untyped\nx_bucket{le="1"} 1\n',
  ],
  "an info, which the format does not have": [
    new Metric("x_info", { type: "info", value: 1 }),
    "# TYPE x_info gauge\nx_info 1\n",
  ],
  "an exemplar, which the format does not have": [
    new Metric("x_total", { type: "counter", exemplar: { labels: { a: "b" }, value: 1 } }),
    "# TYPE x_total counter\nx_total 0\n",
  ],
  "a quantile": [
    new Metric("x", { type: "summary", labels: { quantile: "0.5" }, value: 1 }),
    '# TYPE x summary\nx{quantile="0.5"} 1\n',
  ],
  "a sum": [
    new Metric("x_sum", { type: "summary", help: "Sizes.", value: 1 }),
    "# HELP x Sizes.\n# TYPE x summary\nx_sum 1\n",
  ],
};

for (const [name, [metric, expected]] of Object.entries(TEXTS)) {
  Deno.test(`Metric.toString() writes ${name}`, () => {
    assertEquals(`${metric}`, expected);
  });
}

Deno.test("Metric.toString() writes the value that a subclass computes", () => {
  class Answer extends Metric {
    override get value(): number {
      return 42;
    }
  }
  assertEquals(`${new Answer("x", { type: "gauge" })}`, "# TYPE x gauge\nx 42\n");
});

Deno.test("Metric.sample() has the exemplar", () => {
  const exemplar = { labels: { trace_id: "1" }, value: 0.5, timestamp: new Date(1500) };
  const metric = new Metric("x", { exemplar });
  exemplar.labels.trace_id = "2";
  exemplar.value = 2;
  assertEquals(metric.sample().exemplar, {
    labels: ["trace_id", "1"],
    value: 0.5,
    timestamp: 1500,
  });
});

Deno.test("new Metric() rejects an invalid exemplar", () => {
  assertThrows(
    () =>
      new Metric("x", { exemplar: { labels: {}, value: Number("x"), timestamp: new Date(NaN) } }),
    RangeError,
    'Cannot use exemplar of metric "x": the Date is invalid',
  );
  assertThrows(
    () => new Metric("x", untyped({ exemplar: null })),
    TypeError,
    'Cannot use exemplar of metric "x": expected an object, got null',
  );
});

Deno.test("new Metric() rejects an unknown option, with a suggestion", () => {
  assertThrows(
    () => new Metric("m", { vlaue: 1 } as object),
    TypeError,
    'Cannot create metric "m": unknown option "vlaue", did you mean "value"?',
  );
});
