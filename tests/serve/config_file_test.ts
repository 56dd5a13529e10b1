import { assertEquals, assertRejects } from "@std/assert";
import { type Config, ConfigError } from "../../config.ts";
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

/** Reloads, and returns the configuration in effect after that. */
async function reload(file: ConfigFile): Promise<Config> {
  await file.reload(() => Promise.resolve(() => {}));
  return file.config;
}

function successOf(file: ConfigFile): number | undefined {
  return file.collect()[0]?.samples[0]?.value;
}

Deno.test("ConfigFile.reload() reads the file again", () =>
  withFile(async (path, file) => {
    file.read();
    assertEquals(file.config.listenPort, 1);
    await Deno.writeTextFile(path, "listen_port = 2");
    assertEquals((await reload(file)).listenPort, 2);
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
      assertEquals((await reload(file)).listenPort, 1);
    } finally {
      Object.assign(Deno, { openSync, statSync });
    }
  }));

Deno.test("ConfigFile.reload() keeps the last configuration when it fails", () =>
  withFile(async (path, file) => {
    file.read();
    await Deno.writeTextFile(path, "listen_port =");
    await assertRejects(() => reload(file), ConfigError, "not valid TOML");
    assertEquals(file.config.listenPort, 1);
    assertEquals(successOf(file), 0);
    await Deno.remove(path);
    await assertRejects(() => reload(file), ConfigError, "no such file");
    await Deno.writeTextFile(path, "listen_port = 2");
    assertEquals((await reload(file)).listenPort, 2);
    assertEquals(successOf(file), 1);
  }));

Deno.test("ConfigFile.reload() keeps the last configuration when what depends on it cannot be prepared", () =>
  withFile(async (path, file) => {
    file.read();
    await Deno.writeTextFile(path, "listen_port = 2");
    const failing = file.reload(() => Promise.reject(new Error("not prepared")));
    await assertRejects(() => failing, Error, "not prepared");
    assertEquals(file.config.listenPort, 1);
    assertEquals(successOf(file), 0);
  }));

Deno.test("ConfigFile.reload() puts into effect what depends on the configuration", () =>
  withFile(async (path, file) => {
    file.read();
    await Deno.writeTextFile(path, "listen_port = 2");
    const seen: (number | undefined)[] = [];
    await file.reload((config) => {
      seen.push(config.listenPort, file.config.listenPort);
      return Promise.resolve(() => void seen.push(file.config.listenPort));
    });
    assertEquals(seen, [2, 1, 2]);
  }));

Deno.test("ConfigFile.reload() without a file does nothing", async () => {
  assertEquals((await reload(new ConfigFile(false, {}))).metrics, []);
});
