import { assertEquals } from "@std/assert";
import { contentTypeProblem } from "../../encode/content_type.ts";
import { contentType, type FormatVariant, VERSIONS } from "../../encode/format.ts";
import { FORMATS } from "../../exposition.ts";
import { ESCAPINGS } from "../../model/names.ts";

for (
  const contentType of [
    "text/plain; version=0.0.4",
    "Text/Plain;VERSION=0.0.4;Charset=UTF-8",
    'text/plain ; version="1.0.0" ; charset="utf-8"\t; escaping=allow-utf-8',
    "application/openmetrics-text; version=2.0.0",
    "application/vnd.google.protobuf",
  ]
) {
  Deno.test(`contentTypeProblem() accepts ${contentType}`, () => {
    assertEquals(contentTypeProblem(contentType), undefined);
  });
}

Deno.test("contentTypeProblem() accepts every content type that the library writes", () => {
  for (const format of FORMATS) {
    for (const version of VERSIONS[format]) {
      for (const escaping of ESCAPINGS) {
        const variant: FormatVariant = { format, version, escaping };
        assertEquals(contentTypeProblem(contentType(variant)), undefined);
      }
    }
  }
});

for (
  const [contentType, problem] of [
    ["", "unknown media type"],
    ["text/html; version=0.0.4", "unknown media type"],
    ["text/plain", "no version"],
    ["application/openmetrics-text; charset=utf-8", "no version"],
    ["text/plain; version=9", 'expected 1.0.0 or 0.0.4 as version, got "9"'],
    ["text/plain; version=0.0.4; charset=latin1", 'expected utf-8 as charset, got "latin1"'],
    ["text/plain; version=0.0.4; version=0.0.4", 'parameter "version" occurs twice'],
    ["text/plain; version=0.0.4; charset=utf-8; Charset=utf-8", 'parameter "Charset" occurs twice'],
    ["text/plain; version=0.0.4; utf-8", 'expected a parameter, got "; utf-8"'],
    ["text/plain; version=0.0.4;", 'expected a parameter, got ";"'],
    ["text/plain;; version=0.0.4", 'expected a parameter, got ";; version=0.0.4"'],
    ["text/plain; version=0.0.4 charset=utf-8", 'expected a parameter, got "charset=utf-8"'],
    ["text/plain; version=0.0.4, text/plain", 'expected a parameter, got ", text/plain"'],
    ["text/plain; version=0.0.4; q=0.5", 'unknown parameter "q"'],
    ["text/plain; version=0.0.4; __proto__=1", 'unknown parameter "__proto__"'],
    ["text/plain; version=0.0.4; encoding=delimited", 'unknown parameter "encoding"'],
    [
      "application/vnd.google.protobuf; encoding=text",
      'expected delimited as encoding, got "text"',
    ],
  ] as const
) {
  Deno.test(`contentTypeProblem() finds in ${JSON.stringify(contentType)}: ${problem}`, () => {
    assertEquals(contentTypeProblem(contentType), problem);
  });
}
