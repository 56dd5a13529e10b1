import { assertEquals } from "@std/assert";
import { isInRange, parseIpAddress, parseIpRange } from "../../probes/ip_address.ts";

Deno.test("parseIpAddress() reads IPv4", () => {
  assertEquals(parseIpAddress("10.0.255.1"), { family: 4, bytes: [10, 0, 255, 1] });
  for (
    const text of ["10.0.0", "256.0.0.1", "01.2.3.4", "0x7f.0.0.1", "1.2.3.4.5", "", "a.b.c.d"]
  ) {
    assertEquals(parseIpAddress(text), undefined, text);
  }
});

Deno.test("parseIpAddress() reads IPv6", () => {
  const bytes = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  assertEquals(parseIpAddress("2001:DB8::1"), { family: 6, bytes });
  assertEquals(parseIpAddress("2001:db8:0:0:0:0:0:1"), { family: 6, bytes });
  assertEquals(parseIpAddress("::")?.bytes, Array(16).fill(0));
  for (const text of [":", "1::2::3", "fe80::1%eth0", "12345::", "[::1]"]) {
    assertEquals(parseIpAddress(text), undefined, text);
  }
});

Deno.test("parseIpAddress() takes an IPv4 address out of an IPv6 one", () => {
  const expected = { family: 4 as const, bytes: [127, 0, 0, 1] };
  assertEquals(parseIpAddress("::ffff:127.0.0.1"), expected);
  assertEquals(parseIpAddress("::FFFF:7f00:1"), expected);
});

Deno.test("isInRange() compares the first bits", () => {
  const range = parseIpRange("10.16.0.0/12")!;
  assertEquals(isInRange(parseIpAddress("10.31.255.255")!, range), true);
  assertEquals(isInRange(parseIpAddress("10.32.0.0")!, range), false);
  assertEquals(isInRange(parseIpAddress("::")!, parseIpRange("0.0.0.0/0")!), false);
  assertEquals(isInRange(parseIpAddress("1.2.3.4")!, parseIpRange("::ffff:0:0/96")!), true);
});

Deno.test("parseIpRange() refuses bits after the common ones", () => {
  for (const text of ["10.0.0.1/8", "10.0.0.0/33", "::1/64", "10.0.0.0/", "10.0.0.0/8/8", "x/8"]) {
    assertEquals(parseIpRange(text), undefined, text);
  }
});
