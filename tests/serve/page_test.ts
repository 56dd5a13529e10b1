import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { LANDING_PAGE_POLICY, landingPage } from "../../serve/page.ts";

const PAGE = landingPage({
  name: "weather_station",
  version: "1.2.3",
  links: [
    { href: "/metrics", text: "Metrics", about: "For Prometheus" },
    { href: "/-/ready", text: "Readiness", about: "For an orchestrator" },
  ],
});

function body(page: string): string {
  return page.slice(page.indexOf("<body>"));
}

Deno.test("landingPage() shows name, version and links in order", () => {
  assertEquals(
    body(PAGE),
    `<body>
<main>
<h1>weather_station</h1>
<p>Prometheus exporter, version 1.2.3</p>
<ul>
<li><a href="/metrics">Metrics</a> <span>For Prometheus</span></li>
<li><a href="/-/ready">Readiness</a> <span>For an orchestrator</span></li>
</ul>
</main>
</body>
</html>
`,
  );
});

Deno.test("landingPage() states document type, language, encoding, viewport and title", () => {
  assertMatch(PAGE, /^<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n/);
  assertStringIncludes(
    PAGE,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
  );
  assertStringIncludes(PAGE, "<title>weather_station</title>");
});

Deno.test("landingPage() needs no script, image or other request", () => {
  assertFalse(/<(script|img|link|iframe|object)|url\(|@import|\s(on\w+|src|style)=/i.test(PAGE));
});

Deno.test("landingPage() escapes all texts", () => {
  const hostile = `</style></title><script>"'&amp;`;
  const escaped = "&lt;/style&gt;&lt;/title&gt;&lt;script&gt;&quot;&#39;&amp;amp;";
  const page = landingPage({
    name: hostile,
    version: hostile,
    links: [{ href: hostile, text: hostile, about: hostile }],
  });
  assertFalse(page.includes(hostile));
  assertFalse(page.includes("<script"));
  assertEquals(page.split(escaped).length - 1, 6);
});

Deno.test("landingPage() keeps characters beyond ASCII and dollar signs", () => {
  const page = landingPage({ name: "Wetter für $& 東京", version: "1", links: [] });
  assertStringIncludes(page, "<h1>Wetter für $&amp; 東京</h1>");
});

Deno.test("LANDING_PAGE_POLICY allows the style of the page and nothing else", () => {
  const style = PAGE.match(/<style>(?<text>.*?)<\/style>/s)?.groups?.["text"] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  assertEquals(
    LANDING_PAGE_POLICY,
    `default-src 'none'; style-src 'sha256-${hash}'; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
});
