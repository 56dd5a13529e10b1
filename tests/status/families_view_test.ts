import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import {
  familiesView,
  familyLinkView,
  findingsCountView,
  findingsView,
  growthView,
  offendersView,
} from "../../status/families_view.ts";
import { HOSTILE, statusOf, withTexts } from "../support/status_example.ts";

const STATUS = statusOf([]);

function text(html: string): string {
  return html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ").trim();
}

Deno.test("familiesView() shows name, help, type, unit, series and growth", () => {
  assertEquals(
    text(familiesView(STATUS, "", "name")),
    "2 families Family Type Unit Series Growth doors_open Open. gauge 4 " +
      "a_seconds no help text counter seconds 96 +7",
  );
});

Deno.test("familiesView() links to other orders, and keeps the search", () => {
  const view = familiesView(STATUS, "a&b", "series");
  assertStringIncludes(view, 'aria-sort="descending">Series<');
  assertStringIncludes(view, 'href="?q=a%26b&amp;sort=growth#families"');
  assertStringIncludes(view, 'href="?q=a%26b&amp;sort=name#families"');
});

Deno.test("familiesView() tells how many families were found and shown", () => {
  const metrics = { ...STATUS.metrics!, found: 800, familyCount: 1234 };
  assertMatch(
    text(familiesView({ ...STATUS, metrics }, "a", "name")),
    /^800 of 1,234 families found, the first 2 of them here /,
  );
});

Deno.test("familyLinkView() encodes the name, and shortens a long one", () => {
  assertEquals(
    familyLinkView("http.requests&<b>"),
    '<a class="mono" href="?family=http.requests%26%3Cb%3E">http.requests&amp;&lt;b&gt;</a>',
  );
  assertEquals(text(familyLinkView("x".repeat(1000))).length, 201);
});

Deno.test("growthView() has a sign", () => {
  assertEquals([0, 1200, -3].map((growth) => text(growthView(growth))), ["", "+1,200", "−3"]);
});

Deno.test("offendersView() shows the share of the largest, and what grows", () => {
  assertEquals(
    text(offendersView(STATUS)),
    "Most series doors_open 4 4.0% a_seconds 96 96% Growing in 60 s a_seconds +7",
  );
});

Deno.test("offendersView() tells that growth is not known yet", () => {
  const metrics = { ...STATUS.metrics!, growthSince: null, growing: [] };
  assertMatch(text(offendersView({ ...STATUS, metrics })), /it shows with the next look\.$/);
});

Deno.test("findingsView() shows violations of rules, and what was left out", () => {
  assertEquals(
    text(findingsView(STATUS)),
    "a{b=&quot;c&quot;} 2 duplicate samples of the collector doors a_seconds no help text",
  );
});

Deno.test("findingsCountView() counts violations, once something was collected", () => {
  assertEquals(findingsCountView(STATUS), "1");
  assertEquals(findingsCountView({ ...STATUS, metrics: null }), "");
});

for (const view of [familiesView, offendersView, findingsView]) {
  Deno.test(`${view.name}() escapes all texts`, () => {
    const html = view(withTexts(STATUS, HOSTILE), HOSTILE, "name");
    assertStringIncludes(html, "&lt;script&gt;");
    assertFalse(/<(script|img|\/style)/i.test(html));
  });

  Deno.test(`${view.name}() tells that nothing has been collected`, () => {
    const html = view({ ...STATUS, metrics: null }, "", "name");
    assertEquals(text(html), "Nothing has been collected yet.");
  });
}
