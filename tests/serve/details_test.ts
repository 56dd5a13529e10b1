import { assertEquals } from "@std/assert";
import { type DetailsPolicy, mayReadDetails } from "../../serve/details.ts";

const LOCAL = { isLoopback: true };
const REMOTE = { isLoopback: false };

function may(
  client: { isLoopback: boolean },
  policy: Partial<DetailsPolicy> = {},
  headers: Record<string, string> = {},
): boolean {
  const request = { client: { address: "192.0.2.1", ...client }, headers: new Headers(headers) };
  return mayReadDetails(request, {
    ...{ mode: "auto", isAuthenticated: false, isProxied: false },
    ...policy,
  });
}

Deno.test("mayReadDetails() allows clients on the same machine", () => {
  assertEquals([may(LOCAL), may(REMOTE)], [true, false]);
});

Deno.test("mayReadDetails() allows clients that have authenticated", () => {
  assertEquals(may(REMOTE, { isAuthenticated: true }), true);
});

Deno.test("mayReadDetails() allows everybody in mode full", () => {
  assertEquals(may(REMOTE, { mode: "full" }), true);
});

Deno.test("mayReadDetails() does not take a proxy on the same machine for the client", () => {
  assertEquals(may(LOCAL, { isProxied: true }), false);
  for (const name of ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"]) {
    assertEquals(may(LOCAL, {}, { [name]: "192.0.2.1" }), false, name);
  }
});
