import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ConfigError } from "../../config.ts";
import { readConfig, rereadConfig } from "../../serve/read_config.ts";

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

Deno.test("readConfig() reads a device, which rereadConfig() rejects", {
  ignore: Deno.build.os === "windows",
}, async () => {
  assertEquals(readConfig("/dev/null").metrics, []);
  const message =
    'Cannot read configuration "/dev/null": expected a regular file, because others can be read only once';
  await assertRejects(() => rereadConfig("/dev/null"), ConfigError, message);
});

Deno.test("rereadConfig() reads a path and a URL, and passes options on", () =>
  withFile("listen_port = 9100\nurl = 1", async (path) => {
    const options = { extraKeys: ["url"] };
    const { listenPort, extra, source } = await rereadConfig(path, options);
    assertEquals({ listenPort, extra, source }, {
      listenPort: 9100,
      extra: { url: 1 },
      source: path,
    });
    assertEquals((await rereadConfig(new URL(`file://${path}`), options)).listenPort, 9100);
  }));

for (
  const [content, message] of [
    ["a = ", "not valid TOML"],
    [new Uint8Array([0x61, 0xff]), "not valid UTF-8"],
    ["#".repeat(96 * 1024 + 1), "larger than 96 KiB, which takes effect with a restart only"],
  ] as const
) {
  Deno.test(`rereadConfig() rejects what is ${message}`, () =>
    withFile(content, async (path) => {
      const whole = `Cannot read configuration "${path}": ${message}`;
      await assertRejects(() => rereadConfig(path), ConfigError, whole);
    }));
}

Deno.test("rereadConfig() accepts 96 KiB", () =>
  withFile("#".repeat(96 * 1024), async (path) => {
    assertEquals((await rereadConfig(path)).metrics, []);
  }));

function tableOf(name: string, keys: number): string {
  return `[x.${name}]\n${Array.from({ length: keys }, (_, i) => `k${i} = ${i}`).join("\n")}\n`;
}

for (
  const [title, content, isAccepted] of [
    ["400 keys in a table", tableOf("a", 400), true],
    ["401 keys in a table", tableOf("a", 401), false],
    [
      "200 keys in each of four tables",
      ["a", "b", "c", "d"].map((name) => tableOf(name, 200)).join(""),
      true,
    ],
    [
      "200 keys in each of five tables",
      ["a", "b", "c", "d", "e"].map((name) => tableOf(name, 200)).join(""),
      false,
    ],
    [
      "3,000 small tables",
      Array.from({ length: 3000 }, (_, i) => tableOf(`t${i}`, 3)).join(""),
      true,
    ],
    [
      "401 keys in an inline table",
      `x = { ${Array.from({ length: 401 }, (_, i) => `k${i} = 1`).join(", ")} }`,
      false,
    ],
  ] as const
) {
  Deno.test(`rereadConfig() ${isAccepted ? "accepts" : "rejects"} ${title}`, () =>
    withFile(content, async (path) => {
      const reread = () => rereadConfig(path, { extraKeys: ["x"] });
      if (isAccepted) return void await reread();
      const message =
        "more than 400 keys in one table or a few, which takes effect with a restart only";
      await assertRejects(reread, ConfigError, message);
    }));
}

Deno.test("rereadConfig() rejects what is not a file or cannot be read", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const absent = await assertRejects(
      () => rereadConfig(`${folder}/none`),
      ConfigError,
      "no such file",
    );
    assertInstanceOf(absent.cause, Deno.errors.NotFound);
    await assertRejects(() => rereadConfig(folder), ConfigError, "is a directory");
    await assertRejects(() => rereadConfig(""), ConfigError, "expected a file name");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("rereadConfig() rejects a pipe and a device without reading them", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir();
  try {
    const pipe = `${folder}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    for (const path of [pipe, "/dev/zero"]) {
      await assertRejects(() => rereadConfig(path), ConfigError, "expected a regular file");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("rereadConfig() does not prompt for a permission", {
  permissions: { read: false },
}, async () => {
  const message = "not permitted, run with --allow-read=config.toml";
  await assertRejects(() => rereadConfig("config.toml"), ConfigError, message);
});
