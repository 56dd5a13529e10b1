import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseYaml } from "../../access/yaml.ts";

Deno.test("parseYaml() returns nothing for an empty document", () => {
  for (const text of ["", "\n", "# nothing\n", "---\n", "\uFEFF", "~"]) {
    assertEquals(parseYaml(text), {}, JSON.stringify(text));
  }
});

Deno.test("parseYaml() takes scalars for texts, except where exporter-toolkit has other types", () => {
  const tree = parseYaml(`
http_server_config:
  http2: off
  headers:
    X-XSS-Protection: 1
    Content-Security-Policy: yes
tls_server_config:
  prefer_server_cipher_suites: true
  min_version: TLS12
  cert_file: 0x10
  key: |
    -----BEGIN PRIVATE KEY-----
    abc
    -----END PRIVATE KEY-----
  client_allowed_sans: [1.20, "two", 2024-01-01, null]
  client_ca_file:
basic_auth_users:
  1: $2y$10$abc
  yes: 123
rate_limit: {interval: "1s", burst: 5}
`);
  assertEquals(tree, {
    http_server_config: {
      http2: false,
      headers: { "X-XSS-Protection": "1", "Content-Security-Policy": "yes" },
    },
    tls_server_config: {
      prefer_server_cipher_suites: true,
      min_version: "TLS12",
      cert_file: "0x10",
      key: "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n",
      client_allowed_sans: ["1.20", "two", "2024-01-01", ""],
    },
    basic_auth_users: { 1: "$2y$10$abc", yes: "123" },
    rate_limit: { interval: "1s", burst: 5 },
  });
});

Deno.test("parseYaml() keeps quoted values of the wrong type apart", () => {
  const tree = parseYaml('http_server_config: {http2: "true"}\nrate_limit: {burst: "5"}\n');
  assertEquals(tree, { http_server_config: { http2: "true" }, rate_limit: { burst: "5" } });
});

Deno.test("parseYaml() resolves aliases", () => {
  const text = "tls_server_config: {cert_file: &file a.pem, key_file: *file}\n";
  assertEquals(parseYaml(text), { tls_server_config: { cert_file: "a.pem", key_file: "a.pem" } });
});

for (
  const [text, message] of [
    ["abc\ndef\n", "expected a mapping"],
    ["- a\n", "expected a mapping"],
    ["a: 1\nb: 2\na: 3\n", "line 3, column 1: a key occurs twice"],
    ["a: {b: 1, b: 2}\n", "line 1, column 11: a key occurs twice"],
    ["a: 1\n---\nb: 2\n", "line 2, column 1: expected one document"],
    ["a:\n\tb: 1\n", "line 2, column 1: tab in the indentation"],
    ["a: [1, 2\n", "line 2, column 1: wrong indentation"],
    ['a: "b\n', "line 2, column 1: missing character"],
    ["? [a]\n: b\n", "expected keys that are texts"],
    ["a: *b\n", "alias without an anchor"],
    ["a: &a [*a]\n", "too many or too deeply nested values"],
  ] as const
) {
  Deno.test(`parseYaml() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(assertThrows(() => parseYaml(text), SyntaxError).message, message);
  });
}

Deno.test("parseYaml() bounds what aliases multiply", () => {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`,
  );
  const text = `a0: &a0 [x]\n${levels.join("\n")}\n`;
  assertThrows(() => parseYaml(text), SyntaxError, "too many or too deeply nested values");
});

Deno.test("parseYaml() throws nothing but SyntaxError, and nothing of the text", () => {
  const piece = fc.oneof(
    fc.constantFrom(...["a: ", "\n", "  ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!binary "]),
    fc.constantFrom(...['"', "'", "|", ">", "? ", "<<: ", "\t", "#", "---\n", "%TAG ! x\n", "\0"]),
    fc.constantFrom("s3cret", "!s3cret ", "*s3cret", "&s3cret ", "s3cret: "),
    fc.string({ maxLength: 3, unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        parseYaml(pieces.join(""));
      } catch (error) {
        assert(error instanceof SyntaxError, `${error}`);
        assert(!error.message.includes("s3cret"), error.message);
      }
    }),
    { numRuns: 3000 },
  );
});
