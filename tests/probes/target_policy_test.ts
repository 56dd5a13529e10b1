import { assertEquals, assertThrows } from "@std/assert";
import { parseTarget } from "../../probes/target.ts";
import {
  TargetPolicy,
  type TargetPolicyOptions,
  TargetRefusedError,
} from "../../probes/target_policy.ts";

/** Returns whether a target with an address is allowed. */
function isAllowed(options: TargetPolicyOptions, text: string, address: string): boolean {
  const policy = new TargetPolicy(options);
  const target = parseTarget(text);
  try {
    policy.checkTarget(target);
    policy.checkAddress(target, address);
    return true;
  } catch (error) {
    if (error instanceof TargetRefusedError) return false;
    throw error;
  }
}

const PUBLIC = "93.184.216.34";

const SPECIAL = [
  ...["127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  ...["100.64.0.1", "100.100.100.200", "169.254.1.1", "169.254.169.254", "168.63.129.16"],
  ...["224.0.0.1", "255.255.255.255", "192.0.0.192", "198.18.0.1", "203.0.113.9"],
  ...["::", "::1", "::ffff:127.0.0.1", "::ffff:a00:1", "::127.0.0.1", "fe80::1", "fc00::1"],
  ...["fd00:ec2::254", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1"],
  ...["64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::"],
  ...["100::1", "::ffff:0:7f00:1"],
];

for (const address of SPECIAL) {
  Deno.test(`TargetPolicy refuses ${address} by default`, () => {
    assertEquals(isAllowed({}, "example.com", address), false);
  });
}

for (const address of [PUBLIC, "8.8.8.8", "172.32.0.1", "2606:2800:220:1::1", "64:ff9b::808:808"]) {
  Deno.test(`TargetPolicy allows ${address} by default`, () => {
    assertEquals(isAllowed({}, "example.com", address), true);
  });
}

Deno.test("TargetPolicy allows private addresses with allowPrivate, but no metadata services", () => {
  const options = { allowPrivate: true };
  for (const address of ["127.0.0.1", "10.1.2.3", "fe80::1", "fd12::1", "100.64.0.1"]) {
    assertEquals(isAllowed(options, "example.com", address), true, address);
  }
  for (const address of ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254"]) {
    assertEquals(isAllowed(options, "example.com", address), false, address);
  }
});

Deno.test("TargetPolicy allows private addresses in ranges of allowPrivate", () => {
  const options = { allowPrivate: ["10.0.0.0/8", "fd12::/16"] };
  assertEquals(isAllowed(options, "a.example", "10.9.9.9"), true);
  assertEquals(isAllowed(options, "a.example", "::ffff:10.9.9.9"), true);
  assertEquals(isAllowed(options, "a.example", "fd12::1"), true);
  assertEquals(isAllowed(options, "a.example", "192.168.0.1"), false);
});

Deno.test("TargetPolicy allows names by pattern", () => {
  const options = { targets: ["example.com", "*.example.org", "Db.Example.NET.:5432"] };
  const cases: [string, boolean][] = [
    ["example.com", true],
    ["https://EXAMPLE.com./path", true],
    ["www.example.com", false],
    ["a.example.org", true],
    ["a.b.example.org:81", true],
    ["example.org", false],
    ["notexample.org", false],
    ["example.org.evil.test", false],
    ["db.example.net:5432", true],
    ["db.example.net:22", false],
    ["db.example.net", false],
  ];
  for (const [target, expected] of cases) {
    assertEquals(isAllowed(options, target, PUBLIC), expected, target);
  }
});

Deno.test("TargetPolicy allows addresses by range, private ones too", () => {
  const options = { targets: ["10.0.0.0/8:9100", "[fd12::1]:80", "2606:2800::/32"] };
  assertEquals(isAllowed(options, "10.1.1.1:9100", "10.1.1.1"), true);
  assertEquals(isAllowed(options, "host.example:9100", "10.1.1.1"), true);
  assertEquals(isAllowed(options, "10.1.1.1:22", "10.1.1.1"), false);
  assertEquals(isAllowed(options, "host.example:9100", PUBLIC), false);
  assertEquals(isAllowed(options, "http://[fd12::1]", "fd12::1"), true);
  assertEquals(isAllowed(options, "six.example", "2606:2800::1"), true);
});

Deno.test("TargetPolicy does not let a name in whose addresses are private", () => {
  assertEquals(isAllowed({ targets: ["*"] }, "evil.example", "10.1.1.1"), false);
  assertEquals(isAllowed({ targets: ["evil.example"] }, "evil.example", "127.0.0.1"), false);
});

Deno.test("TargetPolicy asks a function", () => {
  const options = { targets: (target: string) => target.startsWith("https:") };
  assertEquals(isAllowed(options, "https://example.com", PUBLIC), true);
  assertEquals(isAllowed(options, "http://example.com", PUBLIC), false);
  assertEquals(isAllowed(options, "https://example.com", "127.0.0.1"), false);
});

Deno.test("TargetPolicy allows only what is listed, if there are no patterns", () => {
  const options = { listed: ["https://example.com/health", "127.0.0.1:80"] };
  assertEquals(isAllowed(options, "https://example.com/", PUBLIC), true);
  assertEquals(isAllowed(options, "https://example.com:8443/", PUBLIC), false);
  assertEquals(isAllowed(options, "http://127.0.0.1/", "127.0.0.1"), true);
  assertEquals(isAllowed(options, "127.0.0.1:81", "127.0.0.1"), false);
  assertEquals(isAllowed(options, "other.example", PUBLIC), false);
});

Deno.test("TargetPolicy allows the encrypted port of a host that is listed without encryption", () => {
  const options = { listed: ["http://a.example/", "http://b.example:8080/", "c.example:80"] };
  assertEquals(isAllowed(options, "https://a.example/", PUBLIC), true);
  assertEquals(isAllowed(options, "https://b.example/", PUBLIC), false);
  assertEquals(isAllowed(options, "https://c.example/", PUBLIC), false);
});

Deno.test("TargetPolicy allows what is listed besides its patterns", () => {
  const options = { listed: ["a.example:1"], targets: ["b.example"] };
  assertEquals(isAllowed(options, "a.example:1", PUBLIC), true);
  assertEquals(isAllowed(options, "b.example", PUBLIC), true);
  assertEquals(isAllowed(options, "c.example", PUBLIC), false);
});

for (
  const pattern of ["", "*.", "a b", "*example.com", "a.*", "10.0.0.1/8", "10.0.0.0/33", "a:99999"]
    .concat(["http://example.com", "user@example.com", "[example.com]", "**"])
) {
  Deno.test(`TargetPolicy rejects the pattern "${pattern}"`, () => {
    assertThrows(
      () => new TargetPolicy({ targets: [pattern] }),
      RangeError,
      `Cannot allow targets ${JSON.stringify(pattern)}: expected a host`,
    );
  });
}

Deno.test("TargetPolicy rejects invalid ranges of allowPrivate", () => {
  assertThrows(
    () => new TargetPolicy({ allowPrivate: ["example.com"] }),
    RangeError,
    'Cannot allow addresses "example.com": expected a range such as "10.0.0.0/8"',
  );
});
