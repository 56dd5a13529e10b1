import { assert, assertEquals, assertMatch } from "@std/assert";
import { runtimeStatus } from "../../status/runtime_status.ts";

Deno.test("runtimeStatus() names runtime and platform", async () => {
  const status = await runtimeStatus();
  assertEquals(status.runtime, `Deno ${Deno.version.deno}`);
  assertEquals(status.v8, Deno.version.v8);
  assertMatch(status.platform, /^\w+ \w+$/);
});

Deno.test("runtimeStatus() has plausible figures", async () => {
  const { memory, heap, started } = await runtimeStatus();
  assert(memory > heap && heap > 1_000_000);
  assert(started <= Date.now() / 1000 && started > Date.now() / 1000 - 86_400);
});
