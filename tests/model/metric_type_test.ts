import { assertEquals, assertThrows } from "@std/assert";
import { isMetricType, METRIC_TYPES, parseMetricType } from "../../model/metric_type.ts";

Deno.test("METRIC_TYPES has the types of the text format and of OpenMetrics", () => {
  assertEquals([...METRIC_TYPES], [
    "counter",
    "gauge",
    "histogram",
    "summary",
    "untyped",
    "gaugehistogram",
    "info",
    "stateset",
  ]);
});

for (const type of METRIC_TYPES) {
  Deno.test(`parseMetricType() parses ${type} in upper and lower case`, () => {
    const capitalized = type[0]!.toUpperCase() + type.slice(1);
    assertEquals([type, type.toUpperCase(), capitalized].map(parseMetricType), [type, type, type]);
  });
}

for (const type of ["", "count", "gauges", " gauge", "toString", "unknown"]) {
  Deno.test(`parseMetricType() rejects ${JSON.stringify(type)}`, () => {
    assertThrows(
      () => parseMetricType(type),
      RangeError,
      `Cannot read metric type "${type}": expected one of ${METRIC_TYPES.join(", ")}`,
    );
  });
}

for (
  const [value, got] of [
    [null, "null"],
    [undefined, "undefined"],
    [1, "1"],
    [["gauge"], "an array"],
  ] as const
) {
  Deno.test(`parseMetricType() rejects ${got}`, () => {
    assertThrows(
      () => parseMetricType(value as unknown as string),
      TypeError,
      `Cannot read metric type: expected a string, got ${got}`,
    );
  });
}

Deno.test("isMetricType() only accepts lower case", () => {
  assertEquals(["gauge", "GAUGE", "constructor"].filter(isMetricType), ["gauge"]);
});
