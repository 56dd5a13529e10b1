import { assertEquals } from "@std/assert";
import { contentType, DEFAULT_VARIANT, FORMATS } from "../format.ts";

Deno.test("FORMATS are those that there are", () => {
  assertEquals([...FORMATS], ["text", "openmetrics"]);
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
