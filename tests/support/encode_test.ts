import { assert, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { encode } from "./encode.ts";
import { MetricFamily } from "../../family.ts";
import { readProtobuf } from "./protobuf_reader.ts";
import { letsOthersRun } from "./stopped_clock.ts";

const TEXT = "# TYPE doors_open gauge\ndoors_open 2\n";
const FAMILIES = [new MetricFamily("doors_open", { type: "gauge" }).add(2)];

Deno.test("encode() writes the text format", async () => {
  const exposition = await encode(FAMILIES, "text");
  assertEquals(exposition.text(), TEXT);
  assertEquals(
    [exposition.contentType, exposition.encoding],
    ["text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "identity"],
  );
});

Deno.test("encode() writes OpenMetrics in the newest version", async () => {
  const exposition = await encode(FAMILIES, "openmetrics");
  assertEquals(exposition.text(), TEXT + "# EOF\n");
  assertEquals(
    exposition.contentType,
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
  );
});

Deno.test("encode() writes the same in another version", async () => {
  const exposition = await encode(FAMILIES, "openmetrics", { version: "0.0.1" });
  assertEquals(exposition.text(), TEXT + "# EOF\n");
  assertEquals(
    exposition.contentType,
    "application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores",
  );
});

for (const escaping of ["allow-utf-8", "underscores", "values"] as const) {
  Deno.test(`encode() writes legacy names as they are with ${escaping}`, async () => {
    const exposition = await encode(FAMILIES, "text", { escaping });
    assertEquals(exposition.text(), TEXT);
    assertEquals(
      exposition.contentType,
      `text/plain; version=${
        escaping === "allow-utf-8" ? "1.0.0" : "0.0.4"
      }; charset=utf-8; escaping=${escaping}`,
    );
  });
}

const ESCAPED = [
  new MetricFamily("a_b", { type: "histogram" })
    .add(1, { c_d: "e_f", le: "+Inf" }, {
      suffix: "_bucket",
      timestamp: new Date(1000),
      exemplar: { labels: { trace_id: "g_h" }, value: 2 },
    })
    .add(2, { c_d: "e_f" }, { suffix: "_sum" })
    .add(1, { c_d: "e_f" }, { suffix: "_count" }),
  new MetricFamily("jobs_done_total", { type: "counter", help: "Jobs_done." }).add(3),
];

Deno.test("encode() writes names with dots, but for what parts of a histogram append", async () => {
  const exposition = await encode(ESCAPED, "text", { escaping: "dots" });
  assertEquals(
    exposition.text(),
    `# TYPE a__b histogram
a__b_bucket{c__d="e_f",le="+Inf"} 1 1000
a__b_sum{c__d="e_f"} 2
a__b_count{c__d="e_f"} 1
# HELP jobs__done__total Jobs_done.
# TYPE jobs__done__total counter
jobs__done__total 3
`,
  );
  assertEquals(
    exposition.contentType,
    "text/plain; version=0.0.4; charset=utf-8; escaping=dots",
  );
});

Deno.test("encode() writes names with dots in OpenMetrics", async () => {
  const families = [
    ESCAPED[1]!,
    new MetricFamily("build_info", { type: "info" }).add(1, { go_version: "1_2" }),
    new MetricFamily("door_state", { type: "stateset" }).add(1, { door_state: "open_" }),
  ];
  const exposition = await encode(families, "openmetrics", { escaping: "dots" });
  assertEquals(
    exposition.text(),
    `# TYPE jobs__done_ counter
# HELP jobs__done_ Jobs_done.
jobs__done__total 3
# TYPE build_ info
build__info{go__version="1_2"} 1
# TYPE door__state stateset
door__state{door__state="open_"} 1
# EOF
`,
  );
});

Deno.test("encode() writes names with dots in protobuf", async () => {
  const families = [
    new MetricFamily("a_b", { type: "summary" })
      .add(1, { c_d: "e_f", quantile: "1" })
      .add(2, { c_d: "e_f" }, { suffix: "_sum" })
      .add(1, { c_d: "e_f" }, { suffix: "_count" }),
  ];
  const exposition = await encode(families, "protobuf", { escaping: "dots" });
  assertEquals(readProtobuf(exposition.bytes()), [{
    name: "a__b",
    type: "SUMMARY",
    metrics: [{
      labels: [{ name: "c__d", value: "e_f" }],
      summary: { count: 1, sum: 2, quantiles: [{ quantile: 1, value: 1 }] },
    }],
  }]);
});

Deno.test("encode() keeps exemplars when it writes names with dots", async () => {
  const family = new MetricFamily("a_total", { type: "counter" })
    .add(1, {}, { exemplar: { labels: { trace_id: "b_c" }, value: 1 } });
  assertEquals(
    (await encode([family], "openmetrics", { escaping: "dots" })).text(),
    '# TYPE a_ counter\na__total 1 # {trace_id="b_c"} 1\n# EOF\n',
  );
});

Deno.test("encode() lets others run while it writes names with dots", async () => {
  assertEquals(await letsOthersRun(() => encode(FAMILIES, "text", { escaping: "dots" })), true);
});

Deno.test("encode() writes no byte if there is nothing", async () => {
  assertEquals((await encode([], "text")).chunks, []);
});

Deno.test("encode() gives gzip of the same content type", async () => {
  const plain = await encode(FAMILIES, "text");
  const { contentType, encoding } = await encode(FAMILIES, "text", { encoding: "gzip" });
  assertEquals([contentType, encoding], [plain.contentType, "gzip"]);
});

for (const [name, size] of Object.entries({ "nothing": 0, "a line": 1, "many pieces": 50_000 })) {
  Deno.test(`encode() gives gzip of ${name}`, async () => {
    const family = new MetricFamily("x");
    for (let i = 0; i < size; i++) family.add(i, { n: String(i) });
    const plain = await encode([family], "text");
    const zipped = await encode([family], "text", { encoding: "gzip" });
    assertEquals(new TextDecoder().decode(gunzipSync(zipped.bytes())), plain.text());
    assert(size < 2 || zipped.byteLength < plain.byteLength);
  });
}

Deno.test("encode() lets others run while it compresses", async () => {
  assertEquals(await letsOthersRun(() => encode(FAMILIES, "text", { encoding: "gzip" })), true);
});
