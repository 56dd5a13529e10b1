import { assertEquals } from "@std/assert";
import {
  contentType,
  DEFAULT_VARIANT,
  defaultVersion,
  formatOf,
  OPENMETRICS_2,
  VERSIONS,
  versionsOf,
} from "../../encode/format.ts";
import { FORMATS } from "../../exposition.ts";

Deno.test("FORMATS lists all formats", () => {
  assertEquals([...FORMATS], ["text", "openmetrics", "protobuf"]);
});

Deno.test("contentType() names version, character set and escaping", () => {
  assertEquals(
    contentType(DEFAULT_VARIANT),
    "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
  );
  assertEquals(
    contentType({ format: "openmetrics", version: "1.0.0", escaping: "dots" }),
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=dots",
  );
});

Deno.test("contentType() names message and encoding of protobuf", () => {
  assertEquals(
    contentType({ format: "protobuf", version: "delimited", escaping: "allow-utf-8" }),
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
      "encoding=delimited; escaping=allow-utf-8",
  );
});

Deno.test("versionsOf() includes OpenMetrics 2.0 only if it is enabled", () => {
  for (const format of FORMATS) assertEquals([...versionsOf(format, false)], [...VERSIONS[format]]);
  assertEquals(versionsOf("openmetrics", true), ["2.0.0", "1.0.0", "0.0.1"]);
  assertEquals(versionsOf("text", true), ["1.0.0", "0.0.4"]);
  assertEquals(versionsOf("protobuf", true), ["delimited"]);
  assertEquals(defaultVersion("openmetrics", "allow-utf-8"), "1.0.0");
});

Deno.test("formatOf() recognizes OpenMetrics 2.0", () => {
  const variant = { format: "openmetrics", version: OPENMETRICS_2, escaping: "dots" } as const;
  assertEquals(formatOf(contentType(variant)), "openmetrics");
});

Deno.test("formatOf() recognizes the content types of all formats", () => {
  for (const format of FORMATS) {
    const version = VERSIONS[format][0];
    assertEquals(formatOf(contentType({ format, version, escaping: "dots" })), format);
  }
  assertEquals(formatOf(" Text/Plain "), "text");
});

Deno.test("formatOf() returns undefined for other content types", () => {
  for (const type of ["", "text/html", "text/plainer", "application/json; a=text/plain"]) {
    assertEquals(formatOf(type), undefined);
  }
});
