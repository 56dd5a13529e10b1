import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ConfigError } from "../../config.ts";
import { ConfigFile } from "../../serve/config_file.ts";

async function withFile(
  test: (path: string, file: ConfigFile) => Promise<void>,
  options: { content?: string } = {},
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(path, options.content ?? "listen_port = 1");
    await test(path, new ConfigFile(path, {}));
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}

function successOf(file: ConfigFile): number | undefined {
  return file.collect()[0]?.samples[0]?.value;
}

Deno.test("ConfigFile.reload() reads the file again", () =>
  withFile(async (path, file) => {
    assertEquals(file.read().listenPort, 1);
    await Deno.writeTextFile(path, "listen_port = 2");
    assertEquals((await file.reload()).listenPort, 2);
    assertEquals(file.config.listenPort, 2);
    assertEquals(successOf(file), 1);
  }));

Deno.test("ConfigFile.reload() does not block", () =>
  withFile(async (_path, file) => {
    file.read();
    const { openSync, statSync } = Deno;
    Deno.openSync = Deno.statSync = () => {
      throw new Error("blocks");
    };
    try {
      assertEquals((await file.reload()).listenPort, 1);
    } finally {
      Object.assign(Deno, { openSync, statSync });
    }
  }));

Deno.test("ConfigFile.reload() keeps the last configuration when it fails", () =>
  withFile(async (path, file) => {
    file.read();
    await Deno.writeTextFile(path, "listen_port =");
    await assertRejects(() => file.reload(), ConfigError, "not valid TOML");
    assertEquals(file.config.listenPort, 1);
    assertEquals(successOf(file), 0);
    await Deno.remove(path);
    await assertRejects(() => file.reload(), ConfigError, "no such file");
    await Deno.writeTextFile(path, "listen_port = 2");
    assertEquals((await file.reload()).listenPort, 2);
    assertEquals(successOf(file), 1);
  }));

Deno.test("ConfigFile.reload() runs one reload at a time, and one for all that wait", () =>
  withFile(async (path, file) => {
    file.read();
    const first = file.reload();
    await Promise.resolve(); // the first one has begun
    const second = file.reload();
    assertStrictEquals(file.reload(), second);
    assertNotStrictEquals(first, second);
    await Promise.all([first, second]);
    await Deno.writeTextFile(path, "listen_port = 2");
    assertEquals((await file.reload()).listenPort, 2);
  }));

Deno.test("ConfigFile.reload() without a file does nothing", async () => {
  assertEquals((await new ConfigFile(false, {}).reload()).metrics, []);
});
