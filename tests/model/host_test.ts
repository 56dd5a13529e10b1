import { assertEquals } from "@std/assert";
import { parseHost } from "../../model/host.ts";

for (
  const [text, expected] of [
    ["127.0.0.1", "127.0.0.1"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["[::1]", "::1"],
    ["2001:DB8::1", "2001:DB8::1"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["localhost", "localhost"],
    ["node-1.example.com", "node-1.example.com"],
    ["node-1.example.com.", "node-1.example.com."],
    ["my_service", "my_service"],
    ["3com.example", "3com.example"],
    ["a".repeat(63), "a".repeat(63)],
  ] as const
) {
  Deno.test(`parseHost() accepts "${text}"`, () => {
    assertEquals(parseHost(text), expected);
  });
}

for (
  const text of [
    "",
    " ",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.",
    "01.2.3.4",
    "8080",
    "1.2.3.4:80",
    "localhost:80",
    "[127.0.0.1]",
    "[localhost]",
    "[::1",
    "::1]",
    "[[::1]]",
    "::1::",
    "::1/64",
    ":::",
    "12345::",
    "-host",
    "host-",
    "a..b",
    ".a",
    "a b",
    "a/b",
    "a\n",
    "http://localhost",
    "a".repeat(64),
    "a.".repeat(127) + "a",
  ]
) {
  Deno.test(`parseHost() rejects ${JSON.stringify(text)}`, () => {
    assertEquals(parseHost(text), undefined);
  });
}
