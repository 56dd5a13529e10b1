import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { hashSync } from "bcryptjs";
import { ConfigError } from "../../config.ts";
import { Exporter } from "../../exporter.ts";
import type { ExporterOptions } from "../../exporter_options.ts";
import { createLogger } from "../../log.ts";
import { Registry } from "../../registry.ts";
import { findTool } from "../integration/tool.ts";
import { type Certificate, Certificates } from "../support/certificates.ts";
import { Program } from "../support/program.ts";
import { until } from "../support/until.ts";

/** A folder with files, and an exporter whose log can be read. */
class Fixture implements AsyncDisposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly lines: string[] = [];
  exporter: Exporter | undefined;

  write(name: string, text: string): string {
    const path = `${this.folder}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  create(options: ExporterOptions = {}): Exporter {
    return this.exporter = new Exporter({
      configFile: false,
      listenPort: 0,
      registry: new Registry(),
      runtimeMetrics: false,
      logger: createLogger("test", { write: (line) => this.lines.push(line) }),
      ...options,
    });
  }

  async start(options: ExporterOptions = {}): Promise<Exporter> {
    const exporter = this.create(options);
    await exporter.start();
    return exporter;
  }

  log(): string {
    return this.lines.join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.exporter?.shutdown();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

async function statusOf(
  url: URL,
  path: string,
  init: RequestInit & { client?: Deno.HttpClient } = {},
): Promise<number> {
  const response = await fetch(new URL(path, url), init);
  await response.body?.cancel();
  return response.status;
}

function basic(user: string, password: string): RequestInit {
  return { headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` } };
}

function bearer(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } };
}

Deno.test("Exporter demands a password or a token on every path, and logs neither", async () => {
  await using fixture = new Fixture();
  const tokens = fixture.write("tokens", "right-token\n");
  const webConfigFile = fixture.write(
    "web.yml",
    `basic_auth_users:\n  prometheus: ${hashSync("right-password", 4)}\n`,
  );
  const configFile = fixture.write("config.toml", `[web]\nbearer_tokens_file = "${tokens}"\n`);
  const { url } = await fixture.start({ webConfigFile, configFile, reloadEndpoint: true });
  for (const path of ["/", "/metrics", "/-/healthy", "/-/ready", "/-/status", "/nothing"]) {
    assertEquals(await statusOf(url, path), 401, path);
  }
  assertEquals(await statusOf(url, "/-/reload", { method: "POST" }), 401);
  assertEquals(await statusOf(url, "/metrics", basic("prometheus", "right-password")), 200);
  assertEquals(await statusOf(url, "/metrics", bearer("right-token")), 200);
  assertEquals(await statusOf(url, "/metrics", basic("prometheus", "wrong-password")), 401);
  assertEquals(await statusOf(url, "/metrics", bearer("wrong-token")), 401);
  assertStringIncludes(fixture.log(), 'msg="request refused" reason=password');
  assertEquals(/right-|wrong-|\$2[aby]\$/.test(fixture.log()), false);
});

Deno.test("Exporter.start() does not listen with an invalid web configuration", async () => {
  await using fixture = new Fixture();
  const webConfigFile = fixture.write("web.yml", "basic_auth_user: {}\n");
  const exporter = fixture.create({ webConfigFile });
  const error = await assertRejects(() => exporter.start(), ConfigError);
  assertStringIncludes(error.message, 'unknown key "basic_auth_user"');
});

Deno.test("Exporter.fetch() refuses everything while the web configuration is invalid", async () => {
  await using fixture = new Fixture();
  const webConfigFile = fixture.write("web.yml", "basic_auth_users: {a: b}\n");
  const exporter = fixture.create({ webConfigFile });
  const response = await exporter.fetch(new Request("http://localhost/metrics"));
  assertEquals(response.status, 503);
  fixture.write("web.yml", `basic_auth_users: {a: "${hashSync("b", 4)}"}\n`);
  const request = new Request("http://localhost/metrics", basic("a", "b"));
  assertEquals((await exporter.fetch(request)).status, 200);
});

Deno.test("Exporter.reload() takes new passwords, and keeps the old ones if the file is invalid", async () => {
  await using fixture = new Fixture();
  const users = (password: string) => `basic_auth_users: {a: "${hashSync(password, 4)}"}\n`;
  const webConfigFile = fixture.write("web.yml", users("old"));
  const configFile = fixture.write("config.toml", "[labels]\nsite = 'old'\n");
  const exporter = await fixture.start({ webConfigFile, configFile });
  const { url } = exporter;
  assertEquals(await statusOf(url, "/metrics", basic("a", "old")), 200);

  fixture.write("web.yml", "basic_auth_users: [\n");
  fixture.write("config.toml", "[labels]\nsite = 'new'\n");
  await assertRejects(() => exporter.reload(), ConfigError);
  assertEquals(await statusOf(url, "/metrics", basic("a", "old")), 200);
  assertEquals(exporter.config.labels.get("site"), "old");

  fixture.write("web.yml", users("new"));
  await exporter.reload();
  assertEquals(await statusOf(url, "/metrics", basic("a", "old")), 401);
  assertEquals(await statusOf(url, "/metrics", basic("a", "new")), 200);
  assertEquals(exporter.config.labels.get("site"), "new");
});

Deno.test("Exporter refuses hosts of others at a loopback address, unless they are allowed", async () => {
  await using fixture = new Fixture();
  const exporter = await fixture.start({ externalUrl: "https://metrics.example/exporter/" });
  const statusFor = async (host: string) => {
    using connection = await Deno.connect({ port: Number(exporter.url.port) });
    const request =
      `GET /exporter/-/healthy HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const [, status] = (await new Response(connection.readable).text()).split(" ");
    return Number(status);
  };
  for (const host of ["localhost", "127.0.0.1:9999", "[::1]", "metrics.example"]) {
    assertEquals(await statusFor(host), 200, host);
  }
  assertEquals(await statusFor("attacker.example"), 421);
});

Deno.test({
  name: "Exporter serves TLS, HTTP/2 included, and new certificates without a restart",
  ignore: !Certificates.isAvailable,
  fn: async () => {
    using certificates = new Certificates();
    await using fixture = new Fixture();
    const authorities = ["first", "second"].map((name) => certificates.selfSigned(name));
    const [first, second] = authorities.map((authority) =>
      certificates.signed(authority, "exporter", "IP:127.0.0.1")
    ) as [Certificate, Certificate];
    const [firstCa, secondCa] = authorities.map(({ cert }) => [cert]) as [string[], string[]];
    const certFile = fixture.write("cert.pem", first.cert);
    const keyFile = fixture.write("key.pem", first.key);
    const tls = `tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n`;
    const webConfigFile = fixture.write("web.yml", tls);
    const exporter = await fixture.start({ webConfigFile });
    assertMatch(exporter.url.href, /^https:\/\/127\.0\.0\.1:\d+\/$/);
    using trusting = Deno.createHttpClient({ caCerts: firstCa });
    assertEquals(await statusOf(exporter.url, "/metrics", { client: trusting }), 200);
    using old = Deno.createHttpClient({ caCerts: firstCa, http2: false });
    assertEquals(await statusOf(exporter.url, "/metrics", { client: old }), 200);

    Deno.writeTextFileSync(certFile, second.cert);
    Deno.writeTextFileSync(keyFile, second.key);
    using renewed = Deno.createHttpClient({ caCerts: secondCa });
    const ask = () => statusOf(exporter.url, "/metrics", { client: renewed });
    assertEquals(await until("the new certificate", ask, { limit: 20 }), 200);
    assertEquals(await statusOf(exporter.url, "/metrics", { client: old }), 200);
  },
});

Deno.test({
  name: "Exporter.fetch() warns that TLS has no effect in a server of the program's own",
  ignore: !Certificates.isAvailable,
  fn: async () => {
    using certificates = new Certificates();
    await using fixture = new Fixture();
    const { certFile, keyFile } = certificates.selfSigned("own", "IP:127.0.0.1");
    const tls = `tls_server_config: {cert_file: ${certFile}, key_file: ${keyFile}}\n`;
    const exporter = fixture.create({ webConfigFile: fixture.write("web.yml", tls) });
    const response = await exporter.fetch(new Request("http://localhost/-/healthy"));
    assertEquals(response.status, 200);
    assertStringIncludes(fixture.log(), "tls_server_config has no effect");
  },
});

Deno.test({
  name: "Exporter asks for client certificates, and refuses others",
  ignore: !Certificates.isAvailable,
  fn: async () => {
    using certificates = new Certificates();
    await using fixture = new Fixture();
    const authority = certificates.selfSigned("authority");
    const own = certificates.signed(authority, "exporter", "IP:127.0.0.1");
    const client = certificates.signed(authority, "client", "DNS:prometheus.test");
    const webConfigFile = fixture.write(
      "web.yml",
      `tls_server_config:
  cert_file: ${own.certFile}
  key_file: ${own.keyFile}
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ${authority.certFile}
  client_allowed_sans: [prometheus.test]
`,
    );
    const exporter = await fixture.start({ webConfigFile });
    const caCerts = [authority.cert];
    using known = Deno.createHttpClient({ caCerts, cert: client.cert, key: client.key });
    assertEquals(await statusOf(exporter.url, "/metrics", { client: known }), 200);
    const status = new URL("/-/status", exporter.url);
    const headers = { "x-forwarded-for": "192.0.2.1" };
    const shown = await (await fetch(status, { client: known, headers })).json();
    assertEquals(shown.isDetailed, true);
    const others = await (await exporter.fetch(new Request(status))).json();
    assertEquals(others.isDetailed, false);
    using unknown = Deno.createHttpClient({ caCerts });
    await assertRejects(() => statusOf(exporter.url, "/metrics", { client: unknown }));
    using other = Deno.createHttpClient({ caCerts, cert: own.cert, key: own.key });
    await assertRejects(() => statusOf(exporter.url, "/metrics", { client: other }));
    assertStringIncludes(fixture.log(), "client certificate has no name in client_allowed_sans");
  },
});

Deno.test({
  name: "Exporter closes connections whose clients leave during the TLS handshake",
  ignore: !Certificates.isAvailable,
  fn: async () => {
    using certificates = new Certificates();
    await using fixture = new Fixture();
    const ca = certificates.selfSigned("authority");
    const { certFile, keyFile } = certificates.signed(ca, "own", "IP:127.0.0.1");
    const tls = `tls_server_config: {cert_file: ${certFile}, key_file: ${keyFile}}\n`;
    const webConfigFile = fixture.write("web.yml", tls);
    const { url } = await fixture.start({ webConfigFile, runtimeMetrics: true });
    for (let i = 0; i < 10; i++) {
      using connection = await Deno.connect({ port: Number(url.port) });
      // The beginning of a handshake: a record of 512 bytes, of which one comes.
      if (i % 2 === 0) await connection.write(new Uint8Array([22, 3, 1, 2, 0, 1]));
    }
    using client = Deno.createHttpClient({ caCerts: [ca.cert] });
    await until("the connections to be closed", async () => {
      const response = await fetch(new URL("/metrics", url), { client });
      return (await response.text()).includes("\nexporter_http_connections 1\n");
    }, { limit: 5 });
  },
});

Deno.test("Exporter.reload() watches tokens that the configuration did not have before", async () => {
  await using fixture = new Fixture();
  const configFile = fixture.write("config.toml", "");
  const exporter = await fixture.start({ configFile });
  const tokens = fixture.write("tokens", "old-token\n");
  fixture.write("config.toml", `[web]\nbearer_tokens_file = "${tokens}"\n`);
  await exporter.reload();
  assertEquals(await statusOf(exporter.url, "/metrics", bearer("old-token")), 200);
  fixture.write("tokens", "another-token\n");
  const ask = async () => {
    return await statusOf(exporter.url, "/metrics", bearer("another-token")) === 200;
  };
  await until("the other token", ask, { limit: 20 });
});

Deno.test("Exporter refuses to turn TLS on by a reload", async () => {
  await using fixture = new Fixture();
  const webConfigFile = fixture.write("web.yml", "");
  const exporter = await fixture.start({ webConfigFile });
  if (!Certificates.isAvailable) return;
  using certificates = new Certificates();
  const { certFile, keyFile } = certificates.selfSigned("own", "IP:127.0.0.1");
  fixture.write("web.yml", `tls_server_config: {cert_file: ${certFile}, key_file: ${keyFile}}\n`);
  await assertRejects(
    () => exporter.reload(),
    ConfigError,
    "TLS and HTTP/2 can be turned on and off with a restart only",
  );
  assertEquals(await statusOf(exporter.url, "/metrics"), 200);
});

Deno.test("Exporter listens on several addresses and on a Unix socket, whose stale file it replaces", async () => {
  await using fixture = new Fixture();
  const path = `${fixture.folder}/a.sock`;
  const code = `Deno.listen({ transport: "unix", path: ${
    JSON.stringify(path)
  } }); Deno.kill(Deno.pid, "SIGKILL")`;
  await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assertEquals(Deno.lstatSync(path).isSocket, true);
  const exporter = await fixture.start({
    listen: ["127.0.0.1:0", `unix:${path}`],
    socketMode: "600",
  });
  assertEquals(await statusOf(exporter.url, "/metrics"), 200);
  assertEquals(Deno.lstatSync(path).mode! & 0o777, 0o600);
  using client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  assertEquals(await statusOf(new URL("http://localhost"), "/-/healthy", { client }), 200);

  const second = new Exporter({
    configFile: false,
    listen: [`unix:${path}`],
    logger: exporter.logger,
  });
  await assertRejects(
    () => second.start(),
    Error,
    `Cannot listen on unix:${path}: address already in use`,
  );
  await exporter.shutdown();
  await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
});

Deno.test("Exporter serves everything below a prefix, which it leads to", async () => {
  await using fixture = new Fixture();
  const { url } = await fixture.start({ routePrefix: "/exporter/" });
  for (const path of ["/exporter/", "/exporter/metrics", "/exporter/-/ready"]) {
    assertEquals(await statusOf(url, path), 200, path);
  }
  assertEquals(await statusOf(url, "/metrics"), 404);
  for (const path of ["/", "/exporter"]) {
    const response = await fetch(new URL(path, url), { redirect: "manual" });
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("location")], [302, "/exporter/"]);
  }
});

Deno.test("Exporter reloads on POST /-/reload if that is enabled, and not for pages of other sites", async () => {
  await using fixture = new Fixture();
  const configFile = fixture.write("config.toml", "[labels]\nsite = 'old'\n");
  const exporter = await fixture.start({ configFile, reloadEndpoint: true });
  const { url } = exporter;
  const post = (headers: HeadersInit = {}) =>
    statusOf(url, "/-/reload", { method: "POST", headers });
  fixture.write("config.toml", "[labels]\nsite = 'new'\n");
  assertEquals(await statusOf(url, "/-/reload"), 405);
  assertEquals(await post({ "sec-fetch-site": "cross-site" }), 403);
  assertEquals(exporter.config.labels.get("site"), "old");
  assertEquals(await post(), 200);
  assertEquals(exporter.config.labels.get("site"), "new");
  fixture.write("config.toml", "[labels\n");
  assertEquals(await post(), 500);
  assertEquals(exporter.config.labels.get("site"), "new");
});

Deno.test("Exporter has no endpoint for reloading by default", async () => {
  await using fixture = new Fixture();
  const { url } = await fixture.start();
  assertEquals(await statusOf(url, "/-/reload", { method: "POST" }), 404);
});

Deno.test({
  name: "Exporter listens on a socket that it has inherited",
  ignore: findTool("python3") === undefined,
  fn: async () => {
    const program = `
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.execvp(sys.argv[1], sys.argv[1:])
`;
    const code = `
import { Exporter } from "@exporter/prometheus";
const exporter = new Exporter({ configFile: false, listen: ["fd:3"] });
await exporter.start();
await exporter.finished;
`;
    const module = await Deno.makeTempFile({ dir: "tests", suffix: ".ts" });
    try {
      await Deno.writeTextFile(module, code);
      const args = ["run", "--no-prompt", module];
      await using process = new Program("python3", ["-c", program, Deno.execPath(), ...args]);
      const [, port] = await process.line(/^(\d+)$/);
      const url = await process.url();
      assertEquals(url.port, port);
      assertEquals(await statusOf(url, "/metrics"), 200);
      process.kill("SIGTERM");
      assertEquals((await process.status()).code, 0);
    } finally {
      await Deno.remove(module);
    }
  },
});

Deno.test("Exporter.start() rejects a descriptor that is no socket", async () => {
  await using fixture = new Fixture();
  const exporter = fixture.create({ listen: ["fd:65535"] });
  const message = "Cannot listen on fd:65535: not a socket that listens";
  await assertRejects(() => exporter.start(), Error, message);
});
