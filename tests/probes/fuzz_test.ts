import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseIpAddress, parseIpRange } from "../../probes/ip_address.ts";
import { parseTarget, type Target } from "../../probes/target.ts";
import { TargetPolicy, TargetRefusedError } from "../../probes/target_policy.ts";
import { textMatcher } from "../../probes/text_patterns.ts";
import { fuzz, likeText } from "../support/fuzz.ts";

const TARGETS = [
  "http://example.com:80/a?b#c",
  "HTTPS://user:pass@EXAMPLE.com./@evil.example",
  "http://[::ffff:127.0.0.1]:8080/",
  "0x7f.0.0.1:80",
  "http://2130706433/",
  "http://①②⑦.0.0.1\\@good.example/",
  "redis://db.example:6379/0",
];
const TOKENS = [
  ...["@", ":", "/", "\\", "?", "#", "[", "]", "%", "%40", "%2e", ".", "。", "\t", "\n", " ", "0x"],
  ...["//", "http://", "https:", "127.0.0.1", "::1", "localhost", "\u00ad", "\u200d", "xn--"],
];

function parse(text: string): Target | undefined {
  try {
    return parseTarget(text);
  } catch (error) {
    assert(error instanceof RangeError, `${error}`);
    return undefined;
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

Deno.test("fuzz: parseTarget() takes the host that fetch() would connect to", async () => {
  await fuzz(likeText(TARGETS, TOKENS), (text) => {
    const target = parse(text);
    if (target === undefined) return;
    const url = URL.parse(/^https?:\/\//i.test(text) ? text : `http://${text}`);
    if (/^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(text) || url === null) return;
    assertEquals(target.host, hostOf(url), text);
    assertEquals(url.username + url.password, "");
    if (/^https?:\/\//i.test(text)) {
      assertEquals(target.port, Number(url.port || (url.protocol === "https:" ? 443 : 80)));
    }
  });
});

Deno.test("fuzz: parseTarget() finds the same host in what it has found", async () => {
  await fuzz(likeText(TARGETS, TOKENS), (text) => {
    const target = parse(text);
    if (target === undefined) return;
    const { host } = target;
    assertEquals(parseTarget(host.includes(":") ? `[${host}]` : host).host, host);
  });
});

Deno.test("fuzz: TargetPolicy allows no notation of an address that it refuses", async () => {
  const policy = new TargetPolicy();
  const bytes = fc.tuple(fc.constantFrom(10, 127, 169), fc.nat(255), fc.nat(255), fc.nat(255))
    .map(([a, b, c, d]) => (a === 169 ? [169, 254, c, d] : [a, b, c, d]));
  const notations = [
    (a: number, b: number, c: number, d: number) => `${a}.${b}.${c}.${d}`,
    (a: number, b: number, c: number, d: number) => `${((a * 256 + b) * 256 + c) * 256 + d}`,
    (a: number, b: number, c: number, d: number) =>
      `0x${a.toString(16)}.${b * 65536 + c * 256 + d}`,
    (a: number, b: number, c: number, d: number) =>
      `0${a.toString(8)}.0${b.toString(8)}.${c}.${d}.`,
    (a: number, b: number, c: number, d: number) => `[::ffff:${a}.${b}.${c}.${d}]`,
    (a: number, b: number, c: number, d: number) => `[64:ff9b::${a}.${b}.${c}.${d}]:80`,
  ];
  await fuzz(
    fc.tuple(bytes, fc.constantFrom(...notations)),
    ([[a = 0, b = 0, c = 0, d = 0], write]) => {
      const target = parseTarget(write(a, b, c, d));
      let error: unknown;
      try {
        policy.checkAddress(target, target.host);
      } catch (reason) {
        error = reason;
      }
      assert(error instanceof TargetRefusedError, target.host);
    },
  );
});

Deno.test("fuzz: parseIpAddress() and parseIpRange() read what URLs accept, and nothing else", async () => {
  await fuzz(
    likeText(["2001:db8::1", "::ffff:1.2.3.4", "10.0.0.0/8"], [":", "::", "/", "ffff"]),
    (text) => {
      parseIpRange(text);
      const address = parseIpAddress(text);
      if (address === undefined) return;
      assert(address.bytes.every((byte) => Number.isInteger(byte) && 0 <= byte && byte <= 255));
      assertEquals(address.bytes.length, address.family === 4 ? 4 : 16);
      assert(URL.canParse(`http://${text.includes(":") ? `[${text}]` : text}/`));
    },
  );
});

Deno.test("fuzz: textMatcher() agrees with a regular expression", async () => {
  const short = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  await fuzz(
    fc.tuple(short, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 })),
    ([pattern, text]) => {
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text);
      assertEquals(textMatcher([pattern])(text), expected);
    },
  );
});
