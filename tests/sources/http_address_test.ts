import { assertEquals } from "@std/assert";
import { isHttpAddress, parseHttpAddress } from "../../sources/http_address.ts";

for (
  const [text, expected] of [
    ["http://a/metrics?x=1", ["http://a/metrics?x=1", "http://a/metrics", ["a:80"]]],
    ["https://a:8443/", ["https://a:8443/", "https://a:8443/", ["a:8443"]]],
    ["https://[::1]/m", ["https://[::1]/m", "https://[::1]/m", ["[::1]:443"]]],
  ] as const
) {
  Deno.test(`parseHttpAddress() parses ${text}`, () => {
    const address = parseHttpAddress(text, "/etc")!;
    const [href, shown, net] = expected;
    assertEquals([address.url.href, address.text], [href, shown]);
    assertEquals(address.permissions, { net: [...net] });
  });
}

for (
  const [text, socketPath, path, shown] of [
    ["unix:/run/a.sock:/metrics?x=1", "/run/a.sock", "/metrics", "unix:/run/a.sock:/metrics"],
    ["unix:/run/a.sock", "/run/a.sock", "/", "unix:/run/a.sock:/"],
    ["unix:a.sock:/m", "/etc/a.sock", "/m", "unix:/etc/a.sock:/m"],
  ] as const
) {
  Deno.test(`parseHttpAddress() parses ${text}`, () => {
    const address = parseHttpAddress(text, "/etc")!;
    assertEquals([address.socketPath, address.url.pathname, address.text], [
      socketPath,
      path,
      shown,
    ]);
    assertEquals(address.permissions, {
      net: [`unix:${socketPath}`],
      read: [socketPath],
      write: [socketPath],
    });
  });
}

for (
  const text of [
    ...["", "a", "/metrics", "ftp://a/", "http://", "http://user@a/", "http://user:sesame@a/"],
    ...["unix:", "unix::/metrics", "unix:/a.sock:metrics", "unix:/a.sock://evil/x", "http://a b/"],
  ]
) {
  Deno.test(`parseHttpAddress() rejects "${text}"`, () => {
    assertEquals(parseHttpAddress(text, "/etc"), undefined);
  });
}

Deno.test("isHttpAddress() tells addresses from paths", () => {
  assertEquals(["HTTP://a", "https://a", "unix:/a"].map(isHttpAddress), [true, true, true]);
  assertEquals(["a.json", "/http:/a", "http.json"].map(isHttpAddress), [false, false, false]);
});
