import { hashSync } from "bcryptjs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { assertEquals } from "@std/assert";
import { loadAccess } from "../../access/access.ts";
import { Guard } from "../../access/guard.ts";
import { ConnectionCheck } from "../../access/connection_check.ts";
import { combineWebConfigs, parseWebConfig } from "../../access/web_config.ts";
import { loadWebConfigFile } from "../../access/web_config_file.ts";
import { Certificates } from "../support/certificates.ts";
import { until } from "../support/until.ts";
import { Prometheus, RELEASES } from "./prometheus.ts";
import { withTools } from "./tool.ts";

/** Serves one metric over HTTPS behind a guard, as a web configuration file says. */
async function serve(
  file: string,
  tokensFile: string,
): Promise<AsyncDisposable & { host: string }> {
  const additions = parseWebConfig({ bearer_tokens_file: tokensFile }, { extended: true });
  const config = await loadWebConfigFile(file);
  const isProtected = config.users.size > 0;
  const access = await loadAccess(
    isProtected ? combineWebConfigs(config, additions, "test") : config,
  );
  const guard = new Guard(access);
  const check = new ConnectionCheck(access.config.tls!);
  const server = createServer({ ...access.tlsOptions! }, async (incoming, outgoing) => {
    const headers = Object.entries(incoming.headers).map(([name, value]) =>
      [name, `${value}`] as [string, string]
    );
    const request = new Request(`https://localhost${incoming.url}`, { headers });
    const remoteAddress = incoming.socket.remoteAddress;
    const response = guard.withHeaders(
      await guard.check(request, { remoteAddress }) ?? new Response("answer 42\n"),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.bytes());
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    if (check.problem(socket) !== undefined) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      guard.close();
    },
  };
}

for (const release of RELEASES) {
  Deno.test(withTools([release.prometheus, "openssl"], {
    name: `${release.name} scrapes with passwords, tokens and client certificates`,
    fn: async () => {
      using certificates = new Certificates();
      const { folder } = certificates;
      const ca = certificates.selfSigned("authority");
      const own = certificates.signed(ca, "exporter", "IP:127.0.0.1");
      const client = certificates.signed(ca, "client", "DNS:prometheus.test");
      const stranger = certificates.selfSigned("stranger", "DNS:prometheus.test");
      const tls = `tls_server_config: {cert_file: ${own.certFile}, key_file: ${own.keyFile}`;
      await Deno.writeTextFile(
        `${folder}/password.yml`,
        `${tls}}\nbasic_auth_users: {prometheus: "${hashSync("grüße: 1", 10)}"}\n`,
      );
      await Deno.writeTextFile(
        `${folder}/certificate.yml`,
        `${tls}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ${ca.certFile}, ` +
          "client_allowed_sans: [prometheus.test], min_version: TLS13}\n",
      );
      await Deno.writeTextFile(`${folder}/tokens`, "token-1\ntoken-2\n");
      await Deno.writeTextFile(`${folder}/token`, "token-2\n");
      await using secured = await serve(`${folder}/password.yml`, `${folder}/tokens`);
      await using mutual = await serve(`${folder}/certificate.yml`, `${folder}/tokens`);
      const job = (name: string, host: string, settings: string, tls = "") => `
  - job_name: ${name}
    scheme: https
    tls_config: {ca_file: ${ca.certFile}${tls}}
    ${settings}
    static_configs: [{ targets: ["${host}"] }]`;
      const files = ({ certFile, keyFile }: typeof own) =>
        `, cert_file: ${certFile}, key_file: ${keyFile}`;
      const jobs = [
        job("password", secured.host, 'basic_auth: {username: prometheus, password: "grüße: 1"}'),
        job("wrong_password", secured.host, "basic_auth: {username: prometheus, password: x}"),
        job("token", secured.host, `authorization: {credentials_file: ${folder}/token}`),
        job("wrong_token", secured.host, "authorization: {credentials: token-3}"),
        job("nothing", secured.host, ""),
        job("certificate", mutual.host, "", files(client)),
        job("wrong_certificate", mutual.host, "", files(stranger)),
        job("no_certificate", mutual.host, ""),
      ];
      await using prometheus = await Prometheus.start(jobs.join(""), { release });
      await until("all jobs to be scraped", async () => {
        const scraped = await prometheus.query("up");
        const good = await prometheus.query("answer == 42");
        return scraped.length === jobs.length && good.length === 3;
      });
      const up = await prometheus.query("sort_desc(up)");
      const jobsUp = up.filter(({ value }) => value === "1").map(({ labels }) => labels["job"]);
      assertEquals(jobsUp.sort(), ["certificate", "password", "token"]);
      assertEquals(up.length, jobs.length);
    },
  }));
}
