import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadWebConfigFile, resolvePaths } from "../../access/web_config_file.ts";
import { parseWebConfig } from "../../access/web_config.ts";
import { ConfigError } from "../../config_error.ts";

async function withFile(content: string | Uint8Array, test: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/web.yml`;
  try {
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function problemOf(path: string): Promise<string> {
  const error = await assertRejects(() => loadWebConfigFile(path), ConfigError);
  assertEquals(error.source, path);
  return error.message.replace(`Cannot read configuration ${JSON.stringify(path)}: `, "");
}

Deno.test("loadWebConfigFile() resolves relative paths against the folder of the file", async () => {
  const text = `tls_server_config:
  cert_file: server.crt
  key_file: ../server.key
  client_ca_file: /etc/ca.pem
  client_auth_type: RequireAndVerifyClientCert
`;
  await withFile(text, async (path) => {
    const folder = path.replace("/web.yml", "");
    const { tls } = await loadWebConfigFile(path);
    const files = [tls!.cert, tls!.key, tls!.clientCa!].map((pem) => "file" in pem && pem.file);
    assertEquals(files, [
      `${folder}/server.crt`,
      `${folder.replace(/\/[^/]*$/, "")}/server.key`,
      "/etc/ca.pem",
    ]);
  });
});

Deno.test("resolvePaths() resolves the file of tokens, and leaves inline PEM alone", () => {
  const config = parseWebConfig({
    tls_server_config: { cert: "PEM", key: "PEM" },
    bearer_tokens_file: "tokens",
  }, { extended: true });
  const resolved = resolvePaths(config, "/etc/exporter");
  assertEquals(resolved.bearerTokensFile?.file, "/etc/exporter/tokens");
  assert("text" in resolved.tls!.cert);
});

Deno.test("loadWebConfigFile() accepts an empty file", async () => {
  await withFile("", async (path) => {
    assertEquals((await loadWebConfigFile(path)).tls, undefined);
  });
});

for (
  const [content, problem] of [
    ["a\nb\n", "not valid YAML: expected a mapping"],
    [
      "basic_auth_users:\n  alice: hunter2\n  alice: hunter2\n",
      "not valid YAML: line 3, column 3: a key occurs twice",
    ],
    [
      "basic_auth_users:\n  alice: hunter2\n",
      "basic_auth_users.alice: expected a bcrypt hash with a cost from 4 to 18, got a string",
    ],
    [
      "allowed_hosts: [a]\n",
      'unknown key "allowed_hosts", expected one of tls_server_config, ' +
      "http_server_config, basic_auth_users, rate_limit",
    ],
    [Uint8Array.of(0xff), "not valid UTF-8"],
    [" ".repeat(2 ** 20 + 1), "larger than 1 MiB"],
  ] as const
) {
  Deno.test(`loadWebConfigFile() refuses a file: ${problem}`, async () => {
    await withFile(content, async (path) => assertEquals(await problemOf(path), problem));
  });
}

Deno.test("loadWebConfigFile() refuses what is no regular file", async () => {
  await withFile("", async (path) => {
    assertEquals(await problemOf(`${path}x`), "no such file");
    assertEquals(await problemOf(path.replace("/web.yml", "")), "is a directory");
    if (Deno.build.os === "windows") return;
    assertEquals(await problemOf("/dev/null"), "expected a regular file");
    const fifo = `${path}.fifo`;
    assert((await new Deno.Command("mkfifo", { args: [fifo] }).output()).success);
    assertEquals(await problemOf(fifo), "expected a regular file");
  });
});
