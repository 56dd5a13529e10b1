import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { contentTypeProblem } from "../../encode/content_type.ts";
import { contentType, formatOf, versionsOf } from "../../encode/format.ts";
import { negotiateEncoding, negotiateFormat, parseQualityList } from "../../encode/negotiate.ts";
import { ENCODINGS } from "../../exposition.ts";
import { ESCAPINGS } from "../../model/names.ts";
import { fuzz, likeText } from "../support/fuzz.ts";

const HEADERS = [
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;q=0.5,*/*;q=0.1",
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7",
  'text/html, application/xml;q=0.9;x="a,b;c\\"d", */*;q=.8',
  "gzip, deflate;q=0.5, br, identity;q=0, *;q=0",
  "application/openmetrics-text;version=2.0.0",
];
const TOKENS = [
  ...[
    ",",
    ";",
    "=",
    '"',
    "\\",
    " ",
    "\t",
    "q=",
    "q=0",
    "q=1.",
    "q=1e400",
    "version=",
    "escaping=dots",
  ],
  ...["*/*", "text/*", "__proto__", "constructor", "proto=", "\0", "\u{1F96A}"],
];

const headers = fc.oneof(
  fc.constant(null),
  fc.string({ unit: "binary", maxLength: 200 }),
  likeText(HEADERS, TOKENS),
  likeText(HEADERS, TOKENS).map((text) => text.repeat(40)),
);

Deno.test("negotiateFormat() chooses a variant that there is, for any header", async () => {
  await fuzz(fc.tuple(headers, fc.boolean()), ([header, openMetrics2]) => {
    const variant = negotiateFormat(header, { openMetrics2 });
    assert(versionsOf(variant.format, openMetrics2).includes(variant.version));
    assert(ESCAPINGS.includes(variant.escaping));
    const type = contentType(variant);
    assertEquals([formatOf(type), contentTypeProblem(type)], [variant.format, undefined]);
    // A scraper that asks for what it got gets the same again.
    assertEquals(negotiateFormat(type, { openMetrics2 }), variant);
  });
});

Deno.test("negotiateEncoding() chooses a coding that there is for any header", async () => {
  await fuzz(headers, (header) => {
    assert(ENCODINGS.includes(negotiateEncoding(header)));
  });
});

Deno.test("parseQualityList() returns clauses by descending quality for any header", async () => {
  await fuzz(headers, (header) => {
    const qualities = parseQualityList(header ?? "").map(({ quality }) => quality);
    assert(qualities.every((quality) => quality >= 0 && quality <= 1));
    assertEquals(qualities, qualities.toSorted((a, b) => b - a));
  });
});

Deno.test("contentTypeProblem() has one line for any content type", async () => {
  await fuzz(headers, (header) => {
    const problem = contentTypeProblem(header ?? "");
    assert(problem === undefined || problem !== "" && !/[\r\n]/.test(problem), problem);
  });
});
