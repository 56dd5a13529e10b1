import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Escaping, ESCAPINGS } from "../../model/names.ts";
import { contentType } from "../../encode/format.ts";
import {
  type Clause,
  negotiateEncoding,
  negotiateFormat,
  parseQualityList,
} from "../../encode/negotiate.ts";

function clause(value: string, quality = 1, parameters: Record<string, string> = {}): Clause {
  return { value, quality, parameters: new Map(Object.entries(parameters)) };
}

const LISTS: [title: string, header: string, expected: Clause[]][] = [
  ["parses one value", "gzip", [clause("gzip")]],
  ["sorts by descending quality", "a;q=0.2, b;q=0.9, c", [
    clause("c"),
    clause("b", 0.9),
    clause("a", 0.2),
  ]],
  ["keeps the order of equal qualities", "b, a;q=0.5, c;q=1, d;q=0.5", [
    clause("b"),
    clause("c"),
    clause("a", 0.5),
    clause("d", 0.5),
  ]],
  ["keeps clauses that are not acceptable", "gzip;q=0", [clause("gzip", 0)]],
  [
    "converts values and parameter names to lower case, but not parameter values",
    "Text/Plain;VERSION=A;Q=0.5",
    [
      clause("text/plain", 0.5, { version: "A" }),
    ],
  ],
  ["ignores white space around separators", " \ta \t; x=1 ;\tq=0.5 \t,\t b ", [
    clause("b"),
    clause("a", 0.5, { x: "1" }),
  ]],
  ["skips empty elements and parameters", ",, a;;x=1; ,,b;,", [
    clause("a", 1, { x: "1" }),
    clause("b"),
  ]],
  ["parses a weight before other parameters", "a;q=0.5;x=1", [clause("a", 0.5, { x: "1" })]],
  ["uses the first of repeated parameters", "a;x=1;x=2;q=0.5;q=0.6", [
    clause("a", 0.5, { x: "1" }),
  ]],
  ["parses quoted strings", 'a;x="b c";y=""', [clause("a", 1, { x: "b c", y: "" })]],
  ["does not split quoted strings", 'a;x="b, c; d=e", f', [
    clause("a", 1, { x: "b, c; d=e" }),
    clause("f"),
  ]],
  ["resolves escapes in quoted strings", String.raw`a;x="\", \\\b";y=2, c`, [
    clause("a", 1, { x: '", \\b', y: "2" }),
    clause("c"),
  ]],
  ["leaves out an unterminated quoted string with its contents", 'b, a;x="c, d', [clause("b")]],
  ["leaves out a quoted string that ends in an escape", 'b, a;x="c\\', [clause("b")]],
  ["leaves out text around a quoted string", 'a;x="b"c, d;x=e"f", g', [clause("g")]],
  ["leaves out values that are not tokens", "a b, text/, /plain, a/b/c, =, ä, ;q=1, d", [
    clause("d"),
  ]],
  ["leaves out parameters without name or value", "a;x, b;=1, c;x=, d; x = 1, e", [clause("e")]],
  ["accepts all forms of weights", "a;q=1, b;q=1.000, c;q=0, d;q=0., e;q=0.123", [
    clause("a"),
    clause("b"),
    clause("e", 0.123),
    clause("c", 0),
    clause("d", 0),
  ]],
  ["accepts weights with any number of digits", "a;q=.5, b;q=0.99999", [
    clause("b", 0.99999),
    clause("a", 0.5),
  ]],
  [
    "leaves out clauses with an invalid weight",
    'a;q=1.001, b;q=-0.5, c;q=x, d;q=NaN, e;q=1e-1, f;q=0x1, g;q=., h;q=0.5.5, i;q="", j',
    [clause("j")],
  ],
  ["returns no clauses for an empty header", "", []],
  [
    "parses the header of Prometheus",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," +
    "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,*/*;q=0.2",
    [
      clause("application/openmetrics-text", 0.5, { version: "1.0.0", escaping: "allow-utf-8" }),
      clause("application/openmetrics-text", 0.4, { version: "0.0.1" }),
      clause("text/plain", 0.3, { version: "1.0.0" }),
      clause("*/*", 0.2),
    ],
  ],
];

for (const [title, header, expected] of LISTS) {
  Deno.test(`parseQualityList() ${title}`, () => {
    assertEquals(parseQualityList(header), expected);
  });
}

Deno.test("parseQualityList() returns no clauses for a header beyond the limit", () => {
  assertEquals(parseQualityList("gzip," + " ".repeat(4091)).length, 1);
  assertEquals(parseQualityList("gzip," + " ".repeat(4092)).length, 0);
});

Deno.test("parseQualityList() is fast and does not throw for hostile input", () => {
  const units = [
    ",",
    ";",
    '"',
    "\\",
    '\\"',
    " ",
    "\t",
    "a",
    "a,",
    "a;",
    'a;x="',
    'a;x="",',
    'a;x="\\',
    "a;q=",
    "a;q=1.",
    "a/",
    ";a=a",
    "1",
    ".",
    "\0",
    "\n",
    "\ud800",
    "__proto__;__proto__=1,",
  ];
  const start = performance.now();
  for (const first of units) {
    for (const second of units) {
      const header = first + second.repeat(Math.floor((4096 - first.length) / second.length));
      for (const { quality } of parseQualityList(header)) assert(quality >= 0 && quality <= 1);
      negotiateEncoding(header);
      negotiateFormat(header);
    }
  }
  // Several thousand runs: quadratic time would be minutes.
  assert(performance.now() - start < 10_000);
});

const ENCODINGS_FOR: [header: string | null, expected: string][] = [
  [null, "identity"],
  ["", "identity"],
  ["gzip", "gzip"],
  ["GZIP", "gzip"],
  ["x-gzip", "gzip"],
  ["*", "gzip"],
  ["gzip, deflate, br, zstd", "gzip"],
  ["zstd", "zstd"],
  ["zstd, gzip", "gzip"],
  ["zstd, gzip;q=0.9", "zstd"],
  ["zstd;q=0.9, identity", "identity"],
  ["zstd;q=0", "identity"],
  ["zstd;q=0, gzip;q=0.1", "gzip"],
  ["gzip;q=0, zstd, *", "zstd"],
  ["gzip;q=0.001", "gzip"],
  ["gzip;q=0", "identity"],
  ["gzip;q=0.000", "identity"],
  ["gzip;q=0, *", "identity"],
  ["gzip;q=0, x-gzip", "gzip"],
  ["*;q=0", "identity"],
  ["*;q=0, gzip", "gzip"],
  ["br", "identity"],
  ["identity", "identity"],
  ["identity, gzip", "gzip"],
  ["identity;q=0.5, gzip;q=0.4", "identity"],
  ["identity;q=0.4, gzip;q=0.5", "gzip"],
  ["identity;q=0", "identity"],
  ["identity;q=0, *;q=0.1", "gzip"],
  ["identity, *;q=0.5", "identity"],
  ["*, gzip;q=0.5", "identity"],
  ["gzip;q=high", "identity"],
  ["gzip deflate", "identity"],
  ["gzipped", "identity"],
  ["gzip/*", "identity"],
];

for (const [header, expected] of ENCODINGS_FOR) {
  Deno.test(`negotiateEncoding() chooses ${expected} for ${JSON.stringify(header)}`, () => {
    assertEquals(negotiateEncoding(header), expected);
  });
}

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROTOBUF =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
const OPENMETRICS_DRAFT = "application/openmetrics-text; version=0.0.1; charset=utf-8";

const SCRAPERS: [scraper: string, header: string, type: string, escaping?: Escaping][] = [
  [
    "Prometheus 2.42",
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75," +
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    OPENMETRICS,
  ],
  [
    "Prometheus 2.42 with native histograms",
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited," +
    "application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75," +
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    PROTOBUF,
  ],
  [
    "Prometheus 2.30",
    "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    OPENMETRICS_DRAFT,
  ],
  [
    "Prometheus 3",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    OPENMETRICS,
    "allow-utf-8",
  ],
  [
    "Prometheus 3 with native histograms",
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;" +
    "escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," +
    "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3," +
    "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    PROTOBUF,
    "allow-utf-8",
  ],
  [
    "Prometheus 3 that prefers text",
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5," +
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.3",
    "text/plain; version=1.0.0; charset=utf-8",
    "allow-utf-8",
  ],
  [
    "Firefox",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    TEXT,
  ],
  [
    "Chromium",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8," +
    "application/signed-exchange;v=b3;q=0.7",
    TEXT,
  ],
  ["curl", "*/*", TEXT],
];

for (const [scraper, header, type, escaping = "underscores"] of SCRAPERS) {
  Deno.test(`negotiateFormat() chooses ${type} with ${escaping} for ${scraper}`, () => {
    assertEquals(contentType(negotiateFormat(header)), `${type}; escaping=${escaping}`);
  });
}

const MESSAGE = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily";

const FORMATS_FOR: [header: string | null, type: string][] = [
  [null, TEXT],
  ["", TEXT],
  ["nonsense", TEXT],
  ["text/html", TEXT],
  ["text/*", TEXT],
  ["text/plain", TEXT],
  ["Text/Plain; Version=0.0.4", TEXT],
  ["text/plain;version=0.0.5", TEXT],
  ["text/plain;version=9, application/openmetrics-text;version=1.0.0;q=0.1", OPENMETRICS],
  ["application/openmetrics-text", OPENMETRICS_DRAFT],
  ["application/openmetrics-text;version=0.0.1", OPENMETRICS_DRAFT],
  ["application/openmetrics-text;version=1.0.0", OPENMETRICS],
  ['application/openmetrics-text;version="1.0.0"', OPENMETRICS],
  ["application/openmetrics-text; charset=utf-8; version=1.0.0", OPENMETRICS],
  ["application/openmetrics-text;version=2.0.0", TEXT],
  ["application/openmetrics-text;version=1", TEXT],
  ['application/openmetrics-text;version="1.0.0\\r\\nx: y"', TEXT],
  ["application/openmetrics-text;version=1.0.0;q=0", TEXT],
  [
    "application/openmetrics-text;version=1.0.0;q=0, application/openmetrics-text;q=0.1",
    OPENMETRICS_DRAFT,
  ],
  ["text/plain;q=0.5, application/openmetrics-text;version=1.0.0;q=0.6", OPENMETRICS],
  ["text/plain;q=0.6, application/openmetrics-text;version=1.0.0;q=0.5", TEXT],
  ["text/plain, application/openmetrics-text;version=1.0.0", TEXT],
  ["application/openmetrics-text;version=1.0.0, text/plain", OPENMETRICS],
  ["*/*, application/openmetrics-text;version=1.0.0;q=0.9", TEXT],
  ["*/*;q=0.1, application/openmetrics-text;version=1.0.0;q=0.9", OPENMETRICS],
  ["text/*;q=0.9, application/openmetrics-text;version=1.0.0;q=0.8", TEXT],
  ["application/json, application/openmetrics-text;version=1.0.0;q=0.1", OPENMETRICS],
  [`${MESSAGE};encoding=delimited`, PROTOBUF],
  [`${MESSAGE};encoding=delimited;version=9`, PROTOBUF],
  [
    'Application/VND.google.protobuf; Encoding="delimited"; Proto="io.prometheus.client.MetricFamily"',
    PROTOBUF,
  ],
  [`${MESSAGE};encoding=delimited;q=0`, TEXT],
  [`${MESSAGE};encoding=delimited;q=0.5,text/plain;q=0.6`, TEXT],
  [`*/*,${MESSAGE};encoding=delimited;q=0.9`, TEXT],
  [`${MESSAGE};encoding=text`, TEXT],
  [`${MESSAGE};encoding=compact-text,application/openmetrics-text;q=0.1`, OPENMETRICS_DRAFT],
  [MESSAGE, TEXT],
  ["application/vnd.google.protobuf;encoding=delimited", TEXT],
  ["application/vnd.google.protobuf;proto=other.Message;encoding=delimited", TEXT],
  ["application/vnd.google.protobuf", TEXT],
  ["application/vnd.google.protobuf;version=delimited", TEXT],
  ["application/*", TEXT],
  ["constructor", TEXT],
];

for (const [header, type] of FORMATS_FOR) {
  Deno.test(`negotiateFormat() chooses ${type} for ${JSON.stringify(header)}`, () => {
    assertEquals(contentType(negotiateFormat(header)), `${type}; escaping=underscores`);
  });
}

const OPENMETRICS_2 = "application/openmetrics-text; version=2.0.0; charset=utf-8";

const IF_ALLOWED: [header: string, type: string][] = [
  ["application/openmetrics-text;version=2.0.0", OPENMETRICS_2],
  ['application/openmetrics-text; charset=utf-8; Version="2.0.0"', OPENMETRICS_2],
  [
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=2.0.0;q=0.9",
    OPENMETRICS,
  ],
  [
    "application/openmetrics-text;version=2.0.0;q=0.9,application/openmetrics-text;version=1.0.0;q=0.8",
    OPENMETRICS_2,
  ],
  ["application/openmetrics-text;version=2.0.0;q=0", TEXT],
  ["application/openmetrics-text;version=2.0.0;q=0.1,text/plain;q=0.2", TEXT],
  ["application/openmetrics-text;version=2.0.0-rc0", TEXT],
  ["application/openmetrics-text;version=2", TEXT],
  ["text/plain;version=2.0.0", TEXT],
  [`${MESSAGE};encoding=2.0.0`, TEXT],
];

for (const [header, type] of IF_ALLOWED) {
  Deno.test(`negotiateFormat() chooses ${type} for ${header} if OpenMetrics 2.0 is enabled`, () => {
    const variant = negotiateFormat(header, { openMetrics2: true });
    assertEquals(contentType(variant), `${type}; escaping=underscores`);
    if (type === OPENMETRICS_2) assertNotEquals(contentType(negotiateFormat(header)), type);
  });
}

Deno.test("negotiateFormat() chooses OpenMetrics 2.0 only on request", () => {
  const headers = [
    ...SCRAPERS.map(([, header]) => header),
    ...FORMATS_FOR.map(([header]) => header),
  ];
  for (const header of headers.filter((header) => !header?.includes("2.0.0"))) {
    assertEquals(negotiateFormat(header, { openMetrics2: true }), negotiateFormat(header));
  }
});

for (const escaping of ESCAPINGS) {
  Deno.test(`negotiateFormat() accepts the scheme ${escaping}`, () => {
    for (
      const type of ["application/openmetrics-text;version=1.0.0", `${MESSAGE};encoding=delimited`]
    ) {
      assertEquals(negotiateFormat(`${type};escaping=${escaping}`).escaping, escaping);
    }
  });
}

for (const escaping of ["allow-utf8", "none", "DOTS", '"a;b"', '""']) {
  Deno.test(`negotiateFormat() ignores the scheme ${escaping}`, () => {
    const header = `text/plain;version=0.0.4;escaping=${escaping}`;
    assertEquals(negotiateFormat(header).escaping, "underscores");
  });
}
