import { X509Certificate } from "node:crypto";
import { assertEquals, assertThrows } from "@std/assert";
import { subjectAltNames } from "../../access/subject_alt_names.ts";
import { Certificates } from "../support/certificates.ts";

const ignore = !Certificates.isAvailable;

function derOf(sans?: string): Uint8Array {
  using certificates = new Certificates();
  return new X509Certificate(certificates.selfSigned("a", sans).cert).raw;
}

Deno.test({
  name: "subjectAltNames() returns names of every type that is compared",
  ignore,
  fn: () => {
    const der = derOf(
      "DNS:a.test,DNS:*.b.test,IP:192.0.2.1,IP:2001:db8::1,IP:::1,URI:spiffe://a/b,email:a@b.test,RID:1.2.3",
    );
    assertEquals(subjectAltNames(der), [
      ...["a.test", "*.b.test", "192.0.2.1", "2001:db8::1", "::1", "spiffe://a/b", "a@b.test"],
    ]);
  },
});

Deno.test({
  name: "subjectAltNames() returns nothing for a certificate without the extension",
  ignore,
  fn: () => assertEquals(subjectAltNames(derOf()), []),
});

Deno.test({
  name: "subjectAltNames() throws nothing but RangeError for a damaged certificate",
  ignore,
  fn: () => {
    const der = derOf("DNS:a.test,IP:192.0.2.1");
    for (let at = 0; at < der.length; at++) {
      assertThrows(() => subjectAltNames(der.subarray(0, at)), RangeError);
      for (const bits of [0x01, 0x80, 0xff]) {
        const damaged = Uint8Array.from(der);
        damaged[at]! ^= bits;
        try {
          subjectAltNames(damaged);
        } catch (error) {
          assertEquals((error as Error).name, "RangeError");
        }
      }
    }
  },
});
