import { assertEquals, assertRejects } from "@std/assert";
import { SILENT } from "../../model/logger.ts";
import { Lifecycle } from "../../serve/lifecycle.ts";

Deno.test("Lifecycle.startUpForRequest() retries a failed startup later and later", async () => {
  let time = 0;
  const attempts: number[] = [];
  const hooks = {
    onStartup: () => {
      attempts.push(time);
      if (time < 200) throw new Error(`no, at ${time}`);
    },
  };
  const lifecycle = new Lifecycle([hooks], SILENT, () => time);
  for (; time < 200; time++) {
    const error = await lifecycle.startUpForRequest(() => {}).catch((error) => error);
    assertEquals(error.message, `no, at ${attempts.at(-1)}`);
  }
  assertEquals(attempts, [0, 1, 3, 7, 15, 31, 63, 123, 183]);
  time = 243;
  await lifecycle.startUpForRequest(() => {});
  assertEquals(lifecycle.isReady, true);
});

Deno.test("Lifecycle.startUp() retries a failed startup at once", async () => {
  let attempts = 0;
  const hooks = {
    onStartup: () => {
      if (++attempts < 3) throw new Error("no");
    },
  };
  const lifecycle = new Lifecycle([hooks], SILENT);
  await assertRejects(() => lifecycle.startUp(), Error, "no");
  await assertRejects(() => lifecycle.startUp(), Error, "no");
  await lifecycle.startUp();
  assertEquals(lifecycle.isReady, true);
});
