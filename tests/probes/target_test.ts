import { assertEquals, assertThrows } from "@std/assert";
import { parseTarget } from "../../probes/target.ts";

const HOSTS: [text: string, host: string, port: number | undefined][] = [
  ["example.com", "example.com", undefined],
  ["EXAMPLE.com.", "example.com", undefined],
  ["example.com:22", "example.com", 22],
  ["example.com:80", "example.com", 80],
  ["http://example.com/a?b#c", "example.com", 80],
  ["HTTPS://example.com", "example.com", 443],
  ["https://example.com:8443/a@b", "example.com", 8443],
  ["http://example.com?x=@127.0.0.1", "example.com", 80],
  ["postgres://db.example:5432/x", "db.example", 5432],
  ["redis://0x7f.1/", "127.0.0.1", undefined],
  ["127.0.0.1", "127.0.0.1", undefined],
  ["2130706433", "127.0.0.1", undefined],
  ["0x7f000001:80", "127.0.0.1", 80],
  ["017700000001", "127.0.0.1", undefined],
  ["127.1", "127.0.0.1", undefined],
  ["127.0.0.1.", "127.0.0.1", undefined],
  ["http://①②⑦.0.0.1/", "127.0.0.1", 80],
  ["http://%31%32%37.0.0.1/", "127.0.0.1", 80],
  ["[::1]:80", "::1", 80],
  ["::1", "::1", undefined],
  ["http://[0:0:0:0:0:ffff:7f00:1]/", "::ffff:7f00:1", 80],
  ["[2001:DB8::1]", "2001:db8::1", undefined],
];

for (const [text, host, port] of HOSTS) {
  Deno.test(`parseTarget() takes "${text}" apart`, () => {
    assertEquals(parseTarget(text), { text, host, port });
  });
}

const INVALID = [
  ...["", " example.com", "exa mple.com", "http://", "http:///x", "a\nb", "a\tb"],
  ...["http://good.example\\@127.0.0.1/", "user@example.com", "http://a:b@example.com/"],
  ...["http://good.example@127.0.0.1/", "[::1", "http://[fe80::1%eth0]/", "example.com:99999"],
  ...["a:b:c", ":80", "x".repeat(3000), "http://256.256.256.256/", "."],
];

for (const text of INVALID) {
  Deno.test(`parseTarget() refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
    assertThrows(() => parseTarget(text), RangeError, "Cannot probe ");
  });
}
