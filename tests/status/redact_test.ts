import { assert, assertEquals } from "@std/assert";
import { redact } from "../../status/redact.ts";

for (
  const [text, expected] of [
    ["no disk", "no disk"],
    ["http://localhost:80/a?b=c", "http://localhost:80/a?b=c"],
    ["of postgres://shop:hunter2@db:5432/pay now", "of postgres://…@db:5432/pay now"],
    ["http://a:p@ss@host/", "http://…@host/"],
    ["http://host/?page=2&api_key=abc123&n=1", "http://host/?page=2&api_key=…&n=1"],
    ["http://host/?access_token=abc", "http://host/?access_token=…"],
    ['{"user":"a","password":"b c","n":1}', '{"user":"a","password":…,"n":1}'],
    ["PGPASSWORD=abc psql", "PGPASSWORD=… psql"],
    ["password: 'a b'", "password: …"],
    ["Authorization: Bearer abcdef.ghi", "Authorization: Bearer …"],
    ["Basic dXNlcjpwYXNz", "Basic …"],
    ["Basic auth", "Basic auth"],
    ["mail to a@b.example", "mail to a@b.example"],
    ["tokens are fine", "tokens are fine"],
  ] as const
) {
  Deno.test(`redact() makes "${expected}" of "${text}"`, () => {
    assertEquals(redact(text), expected);
  });
}

Deno.test("redact() takes a time that grows with the length only", () => {
  const began = performance.now();
  for (const part of ["a-", "a://", "token", "password=", "@", '"', "-_", "Bearer ", "x"]) {
    redact(part.repeat(200_000));
  }
  // With the square of the length, each would take minutes.
  assert(performance.now() - began < 20_000);
});
