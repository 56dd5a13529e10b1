import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../config.ts";
import { readConfig } from "../../serve/read_config.ts";

async function withFile(
  content: string | Uint8Array,
  test: (path: string) => void | Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    await test(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readConfig() reads a path and a URL", () =>
  withFile("listen_port = 9100", (path) => {
    assertEquals(readConfig(path).listenPort, 9100);
    assertEquals(readConfig(new URL(`file://${path}`)).listenPort, 9100);
  }));

Deno.test("readConfig() ignores a byte order mark", () =>
  withFile("\uFEFFlisten_port = 9100", (path) => {
    assertEquals(readConfig(path).listenPort, 9100);
  }));

Deno.test("readConfig() passes options on, and names the path in errors", () =>
  withFile("url = 1", (path) => {
    assertEquals(readConfig(path, { extraKeys: ["url"] }).extra.url, 1);
    assertThrows(
      () => readConfig(path),
      ConfigError,
      `Cannot read configuration "${path}": unknown key "url"`,
    );
    assertEquals(assertThrows(() => readConfig(path, { source: "x" }), ConfigError).source, "x");
  }));

Deno.test("readConfig() rejects a missing file", () => {
  const error = assertThrows(
    () => readConfig("no/such/config.toml"),
    ConfigError,
    'Cannot read configuration "no/such/config.toml": no such file',
  );
  assertInstanceOf(error.cause, Deno.errors.NotFound);
});

Deno.test("readConfig() rejects a directory", async () => {
  const path = await Deno.makeTempDir();
  try {
    const error = assertThrows(
      () => readConfig(path),
      ConfigError,
      `Cannot read configuration "${path}": is a directory`,
    );
    assertInstanceOf(error.cause, Deno.errors.IsADirectory);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test({
  name: "readConfig() rejects a file that the user must not read",
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: () =>
    withFile("", async (path) => {
      await Deno.chmod(path, 0o000);
      const message = `Cannot read configuration "${path}": permission denied`;
      assertThrows(() => readConfig(path), ConfigError, message);
    }),
});

Deno.test("readConfig() rejects text that is not UTF-8", () =>
  withFile(new Uint8Array([0x61, 0xff]), (path) => {
    const message = `Cannot read configuration "${path}": not valid UTF-8`;
    assertThrows(() => readConfig(path), ConfigError, message);
  }));

Deno.test("readConfig() accepts 1 MiB and rejects a byte more", async () => {
  const comment = "#".repeat(1024 * 1024);
  await withFile(comment, (path) => assertEquals(readConfig(path).metrics, []));
  await withFile(`${comment}#`, (path) => {
    const message = `Cannot read configuration "${path}": larger than 1 MiB`;
    assertThrows(() => readConfig(path), ConfigError, message);
  });
});

Deno.test("readConfig() rejects an endless file", {
  ignore: Deno.build.os === "windows",
}, () => {
  const message = 'Cannot read configuration "/dev/zero": larger than 1 MiB';
  assertThrows(() => readConfig("/dev/zero"), ConfigError, message);
});

for (
  const [path, message] of [
    ["", "Cannot read configuration: expected a file name"],
    [
      new URL("https://example.com/config.toml"),
      'Cannot read configuration "https://example.com/config.toml": expected a URL that begins with file:',
    ],
    ["a\0b", 'Cannot read configuration "a\\u0000b": file name contained an unexpected NUL byte'],
  ] as const
) {
  Deno.test(`readConfig() rejects ${JSON.stringify(String(path))}`, () => {
    assertThrows(() => readConfig(path), ConfigError, message);
  });
}

Deno.test("readConfig() does not prompt for a permission", {
  permissions: { read: false },
}, () => {
  const open = Deno.openSync;
  let opened = false;
  Deno.openSync = (...args) => {
    opened = true;
    return open(...args);
  };
  try {
    const error = assertThrows(
      () => readConfig("config.toml"),
      ConfigError,
      'Cannot read configuration "config.toml": not permitted, run with --allow-read=config.toml',
    );
    assertInstanceOf(error.cause, Deno.errors.NotCapable);
    assertStrictEquals(opened, false);
  } finally {
    Deno.openSync = open;
  }
});

Deno.test("readConfig() reads a device unless only regular files are wanted", {
  ignore: Deno.build.os === "windows",
}, () => {
  assertEquals(readConfig("/dev/null").metrics, []);
  const message =
    'Cannot read configuration "/dev/null": expected a regular file, because others can be read only once';
  assertThrows(() => readConfig("/dev/null", { regularOnly: true }), ConfigError, message);
});
