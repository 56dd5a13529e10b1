import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assertPermitted, missingFlags, permissionFlags } from "../../collect/permissions.ts";
import type { PermissionSet } from "../../collector.ts";
import { Metric } from "../../metric.ts";
import { Registry } from "../../registry.ts";

Deno.test("permissionFlags() writes flags as Deno reads them", () => {
  assertEquals(
    permissionFlags({ sys: ["loadavg"], net: ["a:1", "b"], read: ["/a,b"], run: true }),
    ["--allow-net=a:1,b", "--allow-read=/a,,b", "--allow-run", "--allow-sys=loadavg"],
  );
  assertEquals(permissionFlags("all"), ["--allow-all"]);
  assertEquals(permissionFlags({}), []);
});

Deno.test({
  name: "missingFlags() names exactly what is missing",
  permissions: { net: ["127.0.0.1:9"], read: ["/etc"], sys: ["loadavg"] },
  async fn() {
    assertEquals(
      await missingFlags({
        env: ["HOME"],
        net: ["127.0.0.1:9", "127.0.0.1:10"],
        read: ["/etc/hosts", "/var"],
        sys: ["loadavg"],
        write: true,
      }),
      ["--allow-env=HOME", "--allow-net=127.0.0.1:10", "--allow-read=/var", "--allow-write"],
    );
    assertEquals(await missingFlags({ read: ["/etc/hosts"] }), []);
    assertEquals(await missingFlags("all"), ["--allow-all"]);
    const { message } = await assertRejects(() => assertPermitted({ sys: true }), Error);
    assertEquals(message, "Cannot run collector: not permitted, run with --allow-sys");
  },
});

Deno.test({
  name: "Registry.gather() does not run a collector that lacks a permission",
  permissions: { read: ["/etc"] },
  async fn() {
    const registry = new Registry();
    let runs = 0;
    const collect = () => [new Metric("a", { value: ++runs })];
    registry.register({ collect }, { name: "lacks", permissions: { net: ["redis:6379"] } });
    registry.register({ collect }, { name: "has", permissions: { read: ["/etc/hosts"] } });
    const { outcomes: [lacks, has] } = await registry.gather();
    assertEquals(
      (lacks!.failure!.error as Error).message,
      "Cannot run collector: not permitted, run with --allow-net=redis:6379",
    );
    assertEquals([has!.failure, runs], [undefined, 1]);
    assert(
      (await registry.expose()).text().includes('exporter_collector_success{collector="lacks"} 0'),
    );
  },
});

for (
  const [permissions, message] of [
    [5, 'expected permissions to be "all" or an object, got 5'],
    [{ nett: true }, 'unknown option "nett", did you mean "net"?'],
    [{ net: false }, "expected permission net to be true or an array of strings, got false"],
    [{ net: [] }, "expected permission net to be true or an array of strings, got an array"],
    [{ net: [5] }, "expected permission net to be true or an array of strings, got an array"],
  ] as const
) {
  Deno.test(`Registry.register() rejects permissions ${JSON.stringify(permissions)}`, () => {
    const options = { permissions: permissions as unknown as PermissionSet };
    assertThrows(() => new Registry().register({ collect: () => [] }, options), TypeError, message);
  });
}
