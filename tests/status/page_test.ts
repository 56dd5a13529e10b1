import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { pagePolicy, statusPage } from "../../status/page.ts";
import {
  FAILING,
  HOSTILE,
  seriesOf,
  statusOf,
  withTexts,
  WORKING,
} from "../support/status_example.ts";

const STATUS = statusOf([FAILING, WORKING]);
const QUERY = { search: "", sort: "name" } as const;
const PAGE = statusPage({ status: STATUS, query: QUERY, metricsPath: "metrics" });

function hashOf(page: string, element: string): string {
  const text = page.match(new RegExp(`<${element}>(.*?)</${element}>`, "s"))?.[1] ?? "";
  assert(text.length > 1000);
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

Deno.test("pagePolicy() allows the style and the script of the page, and requests to itself only", async () => {
  assertEquals(
    await pagePolicy(),
    `default-src 'none'; style-src ${hashOf(PAGE, "style")}; ` +
      `script-src ${hashOf(PAGE, "script")}; connect-src 'self'; img-src data:; ` +
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
});

Deno.test("statusPage() states document type, language, encoding, viewport and title", () => {
  assertMatch(PAGE, /^<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n/);
  assertStringIncludes(
    PAGE,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
  );
  assertStringIncludes(PAGE, "<title>(1!) doors</title>");
});

Deno.test("statusPage() has one script and one style, no attributes of these, no other resources", () => {
  assertEquals(PAGE.match(/<(script|style)\b[^>]*>/g), ["<style>", "<script>"]);
  const body = PAGE.slice(PAGE.indexOf("<body"), PAGE.indexOf("<script>"));
  assertFalse(/\s(on\w+|src|style)=/i.test(body));
  assertFalse(/url\(|@import|https?:/.test(PAGE.replaceAll("http-equiv", "")));
});

Deno.test("statusPage() escapes all texts", () => {
  const status = withTexts(STATUS, HOSTILE);
  const hostile = { search: HOSTILE, sort: "name" } as const;
  const family = { name: HOSTILE, match: HOSTILE, series: withTexts(seriesOf(2), HOSTILE) };
  for (
    const page of [
      statusPage({ status, query: hostile, metricsPath: "metrics" }),
      statusPage({ status, query: hostile, metricsPath: "metrics", family }),
      statusPage({
        status,
        query: hostile,
        metricsPath: "metrics",
        family: { ...family, series: undefined },
      }),
    ]
  ) {
    assertEquals(page.match(/<script|<img|<\/style/gi), ["</style", "<script"]);
    assertStringIncludes(page, "&lt;script&gt;");
  }
});

Deno.test("statusPage() links to the other endpoints, relative to itself", () => {
  for (const href of ["metrics", "metrics?debug=1", "-/status", "-/healthy", "-/ready"]) {
    assertStringIncludes(PAGE, `<a href="${href}">`);
  }
});

Deno.test("statusPage() keeps the search in its form", () => {
  const page = statusPage({
    status: STATUS,
    query: { search: 'a"b', sort: "series" },
    metricsPath: "metrics",
  });
  assertStringIncludes(page, 'name="q" value="a&quot;b"');
  assertStringIncludes(page, '<input type="hidden" name="sort" value="series">');
});

Deno.test("statusPage() shows series of a family instead of everything", () => {
  const family = { name: "a_total", match: "", series: seriesOf(2) };
  const page = statusPage({ status: STATUS, query: QUERY, metricsPath: "metrics", family });
  assertStringIncludes(page, "a_total{id=&quot;1&quot;}");
  assertFalse(page.includes('id="collectors"'));
});

Deno.test("statusPage() tells that there is no such family", () => {
  const family = { name: "a_total", match: "", series: undefined };
  const page = statusPage({ status: STATUS, query: QUERY, metricsPath: "metrics", family });
  assertStringIncludes(page, "There is no family of this name now.");
});
