import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { configurationView, figuresView, runtimeView } from "../../status/facts_view.ts";
import { HOSTILE, statusOf, withTexts } from "../support/status_example.ts";

const STATUS = statusOf([]);

function text(html: string): string {
  return html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ").trim();
}

Deno.test("figuresView() shows series, families, duration, memory and uptime", () => {
  assertEquals(
    text(figuresView(STATUS)),
    "Series 100 Families 2 Collected in 500 ms Memory 80 MB Running for 60 min",
  );
});

Deno.test("configurationView() shows settings and where they come from", () => {
  assertEquals(text(configurationView(STATUS)), "Setting Value From name doors file");
});

Deno.test("configurationView() tells who may see it", () => {
  const html = configurationView({ ...STATUS, isDetailed: false });
  assertStringIncludes(html, "have authenticated, or that are on the same machine");
});

Deno.test("runtimeView() shows versions and the start", () => {
  assertStringIncludes(text(runtimeView(STATUS)), "Deno 2.9.6 V8 15.0");
  assertStringIncludes(text(runtimeView(STATUS)), "Started 2023-11-14 21:13:20 UTC");
});

for (const view of [configurationView, runtimeView]) {
  Deno.test(`${view.name}() escapes all texts`, () => {
    const html = view(withTexts(STATUS, HOSTILE));
    assertStringIncludes(html, "&lt;script&gt;");
    assertFalse(/<(script|img|\/style)/i.test(html));
  });
}
