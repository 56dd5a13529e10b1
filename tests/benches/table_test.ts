import { assertEquals } from "@std/assert";
import { Row } from "../../benches/compare/row.ts";
import { formatTable, formatValue } from "../../benches/compare/table.ts";

Deno.test("formatTable() has a column per library, and marks targets as reached or missed", () => {
  const render = new Row({
    measure: "render",
    label: "all",
    unit: "ms",
    targets: [{ than: "client_js", times: 6 }, { than: "client_golang", times: 20 }],
  });
  render.add("exporter", 20);
  render.add("client_js", 125);
  render.add("client_golang", 100);
  const parse = new Row({
    measure: "parse",
    label: "W",
    unit: "MB/s",
    targets: [{ atLeast: 100 }],
  });
  parse.add("exporter", 150);
  const native = new Row({
    measure: "count",
    label: "native",
    unit: "ns",
    targets: [{ atMost: 40 }],
  });
  native.add("client_golang", 45.25);
  assertEquals(
    formatTable([render, parse, native], ["exporter", "client_js", "client_golang"]),
    `\
| measure       | exporter | client_js       | client_golang | target                                    |
| ------------- | -------- | --------------- | ------------- | ----------------------------------------- |
| render: all   | 20 ms    | 125 ms (6.25 ×) | 100 ms (5 ×)  | ≥ 6 × client_js ✓, ≥ 20 × client_golang ✗ |
| parse: W      | 150 MB/s | –               | –             | ≥ 100 MB/s ✓                              |
| count: native | –        | –               | 45.3 ns       | ≤ 40 ns                                   |`,
  );
});

Deno.test("formatValue() rounds to significant digits", () => {
  assertEquals(formatValue(1234.56, "requests/s"), "1,235 requests/s");
  assertEquals(formatValue(123.456, "ms"), "123 ms");
  assertEquals(formatValue(12.345, "ns"), "12.3 ns");
  assertEquals(formatValue(1.2345, "×"), "1.23 ×");
  assertEquals(formatValue(0.0123, "ms"), "0.012 ms");
  assertEquals(formatValue(0, "bytes"), "0 bytes");
});
