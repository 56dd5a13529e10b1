import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isAllowedHost, parseHostPattern } from "../../access/hosts.ts";

for (
  const [text, host] of [
    ["*", "*"],
    ["localhost", "localhost"],
    ["Example.ORG.", "example.org"],
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "[::1]"],
    ["[2001:DB8:0:0:0:0:0:1]", "[2001:db8::1]"],
    ["example.org:80", undefined],
    ["http://example.org", undefined],
    ["*.example.org", undefined],
    ["", undefined],
    ["xn--a", undefined],
  ] as const
) {
  Deno.test(`parseHostPattern() makes ${host} of ${JSON.stringify(text)}`, () => {
    assertEquals(parseHostPattern(text), host);
  });
}

Deno.test("isAllowedHost() admits by default what no other site can be named", () => {
  for (const host of ["localhost", "LOCALHOST:1", "a.localhost", "127.0.0.1", "[::1]:9999"]) {
    assertEquals(isAllowedHost(host), true, host);
  }
  for (
    const host of ["localhost.evil.test", "127.0.0.1.evil.test", "1.2.3.4x", "::1", "0x7f.1", ""]
  ) {
    assertEquals(isAllowedHost(host), false, host);
  }
});

Deno.test("isAllowedHost() never throws, and admits nothing but what is listed", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.webAuthority()), (host) => {
      isAllowedHost(host);
      assertEquals(isAllowedHost(host, ["only.this.test"]), /^only\.this\.test/i.test(host));
    }),
    { numRuns: 2000 },
  );
});
