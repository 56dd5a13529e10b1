import { assertEquals, assertRejects } from "@std/assert";
import { hashSync } from "bcryptjs";
import { loadAccess, openAccess } from "../../access/access.ts";
import { parseWebConfig } from "../../access/web_config.ts";
import { ConfigError, formatConfigProblem } from "../../config_error.ts";
import { Certificates } from "../support/certificates.ts";
import { Program } from "../support/program.ts";

const ignore = !Certificates.isAvailable;
const parse = (tree: Record<string, unknown>) => parseWebConfig(tree, { extended: true });

async function problemsOf(tree: Record<string, unknown>): Promise<string[]> {
  const error = await assertRejects(() => loadAccess(parse(tree), { source: "web" }), ConfigError);
  assertEquals(error.source, "web");
  return error.problems.map(formatConfigProblem);
}

Deno.test("openAccess() has neither TLS nor authentication", async () => {
  const access = openAccess();
  assertEquals([access.tlsOptions, access.tokenHashes, access.config.users.size], [
    undefined,
    [],
    0,
  ]);
  assertEquals(await access.haveFilesChanged(), false);
});

Deno.test({
  name: "loadAccess() reads certificates from files and from the configuration",
  ignore,
  fn: async () => {
    using certificates = new Certificates();
    const { cert, key, certFile, keyFile } = certificates.selfSigned("a", "DNS:a.test");
    const expected = {
      ...{ cert, key, requestCert: false, rejectUnauthorized: false },
      ...{ minVersion: "TLSv1.2", maxVersion: "TLSv1.3" },
    };
    for (
      const settings of [
        { cert_file: certFile, key_file: keyFile },
        { cert, key },
        { cert, key_file: keyFile },
      ]
    ) {
      const access = await loadAccess(parse({ tls_server_config: settings }));
      assertEquals(access.tlsOptions as object, expected);
    }
  },
});

Deno.test({
  name: "loadAccess() names the key of each file that cannot be used, and nothing of its content",
  ignore,
  fn: async () => {
    using certificates = new Certificates();
    const own = certificates.selfSigned("a", "DNS:a.test");
    const other = certificates.selfSigned("b", "DNS:b.test");
    const missing = `${certificates.folder}/missing`;
    assertEquals(
      await problemsOf({
        tls_server_config: {
          cert_file: missing,
          key_file: certificates.folder,
          client_ca_file: "/dev/null",
          client_auth_type: "VerifyClientCertIfGiven",
        },
        bearer_tokens_file: missing,
      }),
      [
        `tls_server_config.cert_file: "${missing}": no such file`,
        `tls_server_config.key_file: "${certificates.folder}": is a directory`,
        'tls_server_config.client_ca_file: "/dev/null": expected a regular file',
        `bearer_tokens_file: "${missing}": no such file`,
      ],
    );
    assertEquals(
      await problemsOf({
        tls_server_config: {
          cert: own.cert,
          key_file: other.keyFile,
          client_ca: other.key,
          client_auth_type: "RequestClientCert",
        },
      }),
      [
        "tls_server_config.key_file: does not belong to the certificate",
        "tls_server_config.client_ca: expected certificates in PEM format",
      ],
    );
    assertEquals(await problemsOf({ tls_server_config: { cert: "PEM", key: "s3cret" } }), [
      "tls_server_config.cert: expected certificates in PEM format",
      "tls_server_config.key: expected a private key in PEM format that is not encrypted",
    ]);
  },
});

Deno.test("loadAccess() refuses a file of tokens that has none, or anything else", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "# none\n\n");
    assertEquals(await problemsOf({ bearer_tokens_file: file }), [
      "bearer_tokens_file: has no token",
    ]);
    await Deno.writeTextFile(file, "good\ntwo words\n");
    assertEquals(await problemsOf({ bearer_tokens_file: file }), [
      "bearer_tokens_file: line 2: expected a token of A-Z, a-z, 0-9 and -._~+/=",
    ]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("Access.haveFilesChanged() notices files that are changed, replaced or removed", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/tokens`;
  try {
    await Deno.writeTextFile(file, "one\n");
    const load = () => loadAccess(parse({ bearer_tokens_file: file }));
    let access = await load();
    assertEquals(await access.haveFilesChanged(), false);
    await Deno.writeTextFile(file, "one\ntwo\n");
    assertEquals(await access.haveFilesChanged(), true);
    access = await load();
    assertEquals([access.tokenHashes.length, await access.haveFilesChanged()], [2, false]);
    // The same size and time, but another file, as after an update of a mounted secret.
    const { mtime } = await Deno.stat(file);
    await Deno.writeTextFile(`${file}.new`, "six\nten\n");
    await Deno.utime(`${file}.new`, mtime!, mtime!);
    await Deno.rename(`${file}.new`, file);
    assertEquals(await access.haveFilesChanged(), true);
    access = await load();
    await Deno.remove(file);
    assertEquals(await access.haveFilesChanged(), true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadAccess() says which permission the worker for passwords needs, without a prompt", async () => {
  const root = new URL("../../", import.meta.url);
  const folder = await Deno.makeTempDir();
  const code = `import { loadAccess } from "${root}access/access.ts";
    import { Guard } from "${root}access/guard.ts";
    import { parseWebConfig } from "${root}access/web_config.ts";
    try {
      const users = { alice: ${JSON.stringify(hashSync("x", 4))} };
      const guard = new Guard(await loadAccess(parseWebConfig({ basic_auth_users: users })));
      const headers = { authorization: "Basic " + btoa("alice:x") };
      console.log(await guard.check(new Request("http://localhost", { headers })));
      guard.close();
    } catch (error) {
      console.log(error.message);
    }`;
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, code);
    const config = `--config=${root.pathname}deno.json`;
    const worker = `${root.pathname}access/bcrypt_worker.ts`;
    const outputs = await Promise.all(
      [[], [`--allow-read=${worker}`]].map(async (flags) => {
        await using program = Program.deno(["run", ...flags, config, `${folder}/main.ts`]);
        return (await program.ended()).stdout.trim();
      }),
    );
    assertEquals(outputs, [
      `Cannot read configuration: basic_auth_users: not permitted, run with --allow-read=${worker}`,
      "undefined",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
