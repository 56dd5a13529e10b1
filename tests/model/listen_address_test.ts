import { assertEquals } from "@std/assert";
import { formatAddress, parseListenAddress } from "../../model/listen_address.ts";

for (
  const [text, address, formatted = text] of [
    ["127.0.0.1:9999", { hostname: "127.0.0.1", port: 9999 }],
    ["localhost:0", { hostname: "localhost", port: 0 }],
    ["[::1]:9100", { hostname: "::1", port: 9100 }],
    [":9100", { hostname: "0.0.0.0", port: 9100 }, "0.0.0.0:9100"],
    ["unix:/run/a.sock", { path: "/run/a.sock" }],
    ["unix:a:b", { path: "a:b" }],
    ["fd:3", { descriptor: 3 }],
  ] as const
) {
  Deno.test(`parseListenAddress() parses ${text}, and formatAddress() formats it`, () => {
    const parsed = parseListenAddress(text);
    assertEquals(parsed, address);
    assertEquals(formatAddress(parsed!), formatted);
  });
}

for (
  const text of [
    "",
    ":",
    "9100",
    "localhost",
    "localhost:",
    "localhost:65536",
    "localhost:-1",
    "localhost:1e3",
    "::1:9100",
    "[::1]",
    "[::z]:9100",
    "256.1.1.1:9100",
    "a b:9100",
    "http://localhost:9100",
    "unix:",
    "unix:a\0b",
  ]
) {
  Deno.test(`parseListenAddress() rejects ${JSON.stringify(text)}`, () => {
    assertEquals(parseListenAddress(text), undefined);
  });
}
