import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseAuthorization } from "../../access/credentials.ts";

Deno.test("parseAuthorization() returns user and password of any text", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 50 });
  const user = text.filter((text) => !text.includes(":"));
  fc.assert(fc.property(user, text, (user, password) => {
    const bytes = new TextEncoder().encode(`${user}:${password}`);
    assertEquals(parseAuthorization(`Basic ${bytes.toBase64()}`), {
      scheme: "basic",
      user,
      password,
    });
  }));
});

Deno.test("parseAuthorization() never throws", () => {
  const header = fc.oneof(
    fc.string(),
    fc.string().map((text) => `Basic ${text}`),
    fc.string().map((text) => `Bearer ${text}`),
    fc.uint8Array().map((bytes) => `Basic ${bytes.toBase64()}`),
  );
  fc.assert(fc.property(header, (text) => typeof parseAuthorization(text).scheme === "string"), {
    numRuns: 2000,
  });
});

for (
  const [header, scheme] of [
    [null, "none"],
    ["", "malformed"],
    ["Basic", "malformed"],
    ["Basic ", "malformed"],
    ["Basic a b", "malformed"],
    ["Basic !!!!", "malformed"],
    ["Basic YWxpY2U=", "malformed"],
    ["Digest abc", "unknown"],
    [`Bearer ${"a".repeat(4096)}`, "malformed"],
  ] as const
) {
  Deno.test(`parseAuthorization() calls ${JSON.stringify(header?.slice(0, 20) ?? null)} ${scheme}`, () => {
    assertEquals(parseAuthorization(header), { scheme });
  });
}
