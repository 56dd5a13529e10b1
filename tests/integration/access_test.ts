import { hashSync } from "bcryptjs";
import { assertEquals } from "@std/assert";
import { createLogger, Exporter, Gauge, Registry } from "@exporter/prometheus";
import { Certificates } from "../support/certificates.ts";
import { until } from "../support/until.ts";
import { Prometheus, RELEASES } from "./prometheus.ts";
import { withTools } from "./tool.ts";

/** Serves one metric as a web configuration file says, and to clients with one of the tokens of another file. */
async function serve(webConfigFile: string, configFile: string | false): Promise<Exporter> {
  const registry = new Registry();
  registry.register(new Gauge("answer", "The answer.")).set(42);
  const logger = createLogger("test", { write: () => {} });
  const exporter = new Exporter({ webConfigFile, configFile, registry, logger, listenPort: 0 });
  await exporter.start();
  return exporter;
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
      await Deno.writeTextFile(`${folder}/config.toml`, '[web]\nbearer_tokens_file = "tokens"\n');
      await using secured = await serve(`${folder}/password.yml`, `${folder}/config.toml`);
      await using mutual = await serve(`${folder}/certificate.yml`, false);
      const job = (name: string, host: string, settings: string, tls = "") => `
  - job_name: ${name}
    scheme: https
    tls_config: {ca_file: ${ca.certFile}${tls}}
    ${settings}
    static_configs: [{ targets: ["${host}"] }]`;
      const files = ({ certFile, keyFile }: typeof own) =>
        `, cert_file: ${certFile}, key_file: ${keyFile}`;
      const jobs = [
        job(
          "password",
          secured.url.host,
          'basic_auth: {username: prometheus, password: "grüße: 1"}',
        ),
        job("wrong_password", secured.url.host, "basic_auth: {username: prometheus, password: x}"),
        job("token", secured.url.host, `authorization: {credentials_file: ${folder}/token}`),
        job("wrong_token", secured.url.host, "authorization: {credentials: token-3}"),
        job("nothing", secured.url.host, ""),
        job("certificate", mutual.url.host, "", files(client)),
        job("wrong_certificate", mutual.url.host, "", files(stranger)),
        job("no_certificate", mutual.url.host, ""),
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
