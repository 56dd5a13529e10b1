import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { increaseIn, rateView, seriesView, sparklineView } from "../../status/series_view.ts";
import { HOSTILE, seriesOf, withTexts } from "../support/status_example.ts";

function text(html: string): string {
  return html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ").trim();
}

Deno.test("seriesView() shows series with their values, and counts labels", () => {
  assertEquals(
    text(seriesView(seriesOf(2), "", {})),
    "id 2 values Series 1 to 2 of 2 Series Value Per second Last minutes " +
      "a_total{id=&quot;0&quot;} 0 … collecting values a_total{id=&quot;1&quot;} 1 … collecting values",
  );
});

Deno.test("seriesView() links to the pages before and after, and keeps the search", () => {
  const view = seriesView({ ...seriesOf(200), offset: 50 }, 'id="', {});
  assertStringIncludes(view, 'href="?family=a_total&amp;match=id%3D%22&amp;offset=0">Previous<');
  assertStringIncludes(view, 'href="?family=a_total&amp;match=id%3D%22&amp;offset=100">Next<');
});

Deno.test("seriesView() shows rates of known values", () => {
  const history = { 'a_total{id="0"}': [[0, 10], [5, 20], [10, 30]] } as const;
  const view = seriesView(seriesOf(1), "", history);
  assertStringIncludes(text(view), "0 2");
  assertStringIncludes(view, "<svg");
});

Deno.test("seriesView() escapes all texts", () => {
  const html = seriesView(withTexts(seriesOf(2), HOSTILE), HOSTILE, {});
  assertStringIncludes(html, "&lt;script&gt;");
  assertFalse(/<(script|img|\/style)/i.test(html));
});

Deno.test("increaseIn() counts from 0 after a restart", () => {
  assertEquals(increaseIn([[0, 10], [1, 15], [2, 3], [3, 4]]), 9);
});

Deno.test("rateView() is the increase per second over the last minute", () => {
  const points = Array.from(
    { length: 60 },
    (_, i): [number, number] => [i * 5, i < 40 ? 0 : i * 10],
  );
  assertEquals(rateView(points), "2");
  assertEquals(text(rateView([[0, 1]])), "…");
});

Deno.test("sparklineView() draws values of a gauge and rates of a counter", () => {
  const points = [[0, 0], [5, 50], [10, 100]] as const;
  assertStringIncludes(sparklineView(points, false), 'aria-label="From 0 to 100, now 100"');
  assertStringIncludes(
    sparklineView(points, true),
    'aria-label="From 10 to 10 per second, now 10"',
  );
});

Deno.test("sparklineView() leaves out what is no number", () => {
  const view = sparklineView([[0, NaN], [5, 1], [10, Infinity], [15, 3]], false);
  assertFalse(view.includes("NaN"));
  assertEquals(text(sparklineView([[0, NaN], [5, 1]], false)), "collecting values");
});
