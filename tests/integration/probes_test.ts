import { assert, assertEquals, assertGreater } from "@std/assert";
import { Certificates } from "../support/certificates.ts";
import { RawTarget, send } from "../support/raw_target.ts";
import { Program, ROOT } from "../support/program.ts";
import { until } from "../support/until.ts";
import { freePort } from "./network.ts";
import { Prometheus, RELEASES } from "./prometheus.ts";
import { withTools } from "./tool.ts";

const BLACKBOX = "prometheus-blackbox-exporter";

const HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const BROKEN = "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n";

/** A folder for files of a test. */
class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync();

  write(name: string, text: string): string {
    Deno.writeTextFileSync(`${this.path}/${name}`, text);
    return `${this.path}/${name}`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

async function startExporter(config: string): Promise<{ program: Program; host: string }> {
  const program = Program.deno(["run", "-A", "main.ts", "-p", "0", config]);
  return { program, host: (await program.url()).host };
}

for (const release of RELEASES) {
  Deno.test(withTools([release.prometheus], {
    name: `${release.name} probes targets by discovery and by the usual relabeling`,
    fn: async (t) => {
      using folder = new Folder();
      await using up = new RawTarget(HELLO);
      await using down = new RawTarget(BROKEN);
      const [upUrl, downUrl] = [`http://${up.host}/`, `http://${down.host}/`];
      const config = folder.write(
        "probe.toml",
        `[modules.http_2xx]
        prober = "http"
        [[targets]]
        module = "http_2xx"
        targets = ["${upUrl}", "${downUrl}"]
        labels = { team = "web" }
      `,
      );
      const { program, host } = await startExporter(config);
      await using _ = program;
      await using prometheus = await Prometheus.start(
        `
  - job_name: discovered
    http_sd_configs: [{ url: "http://${host}/sd" }]
  - job_name: relabeled
    metrics_path: /probe
    params: { module: [http_2xx] }
    static_configs: [{ targets: ["${upUrl}", "http://127.0.0.1:1/"] }]
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { source_labels: [__param_target], target_label: instance }
      - { target_label: __address__, replacement: "${host}" }
`,
        { release },
      );

      await t.step("that it has discovered, with their labels", async () => {
        await prometheus.until(`probe_success{job="discovered",instance="${downUrl}"}`);
        await prometheus.until(`probe_success{job="discovered",instance="${upUrl}"}`);
        const series = await prometheus.query('sort(probe_success{job="discovered"})');
        assertEquals(
          series.map(({ labels: { instance, team }, value }) => [instance, team, value]),
          [
            [downUrl, "web", "0"],
            [upUrl, "web", "1"],
          ],
        );
        const [status] = await prometheus.query(`probe_http_status_code{instance="${downUrl}"}`);
        assertEquals(status?.value, "500");
      });

      await t.step("that are relabeled", async () => {
        const selector = `{job="relabeled",instance="${upUrl}"}`;
        await prometheus.until(`probe_success${selector} == 1`);
        await prometheus.until(`probe_http_duration_seconds${selector}`);
        const [duration] = await prometheus.query(`probe_duration_seconds${selector}`);
        assertGreater(Number(duration?.value), 0);
      });

      await t.step("but not those that the policy refuses", async () => {
        const selector = '{job="relabeled",instance="http://127.0.0.1:1/"}';
        await prometheus.until(`up${selector} == 0`);
        assertEquals(await prometheus.query(`probe_success${selector}`), []);
      });
    },
  }));
}

Deno.test("1,000 probes of a target that stalls are bounded, and leave the metrics alone", async () => {
  using folder = new Folder();
  const released = Promise.withResolvers<void>();
  await using stalling = new RawTarget(async (connection) => {
    await released.promise;
    await send(connection, HELLO);
  });
  const config = folder.write(
    "probe.toml",
    `max_connections = 2000
    max_connections_per_client = 2000
    [probe]
    targets = ["127.0.0.1"]
    max_concurrent = 20
    [modules.http_2xx]
    prober = "http"
  `,
  );
  const { program, host } = await startExporter(config);
  await using _ = program;
  const headers = { "x-prometheus-scrape-timeout-seconds": "60" };
  const statuses: number[] = [];
  const probes = Array.from({ length: 1000 }, async (_, i) => {
    const url = `http://${host}/probe?target=http://${stalling.host}/${i}`;
    const response = await fetch(url, { headers });
    statuses.push(response.status);
    return await response.text();
  });
  await until("all but 20 to be refused", () => statuses.length >= 980, { limit: 30 });
  assertEquals(new Set(statuses), new Set([503]));
  const metrics = await (await fetch(`http://${host}/metrics`)).text();
  assert(metrics.includes('exporter_probes_in_flight{path="/probe"} 20\n'));
  released.resolve();
  const texts = await Promise.all(probes);
  assertEquals(texts.filter((text) => text.includes("probe_success 1\n")).length, 20);
  assertEquals(statuses.filter((status) => status === 200).length, 20);
});

for (const release of RELEASES) {
  Deno.test(withTools([release.promtool], {
    name: `promtool of ${release.name} accepts the configuration in docs/probes.md`,
    fn: async () => {
      using folder = new Folder();
      const page = Deno.readTextFileSync(new URL("docs/probes.md", ROOT));
      const fences = Array.from(page.matchAll(/^```yaml\n([^]*?)^```$/gm), ([, code = ""]) => code);
      assertEquals(fences.length, 3);
      for (const [i, code] of fences.entries()) {
        const kind = code.startsWith("groups:") ? "rules" : "config";
        const file = folder.write(`${i}.yml`, code);
        await using promtool = new Program(release.promtool, ["check", kind, file]);
        const { code: status, stdout, stderr } = await promtool.ended();
        assertEquals(status, 0, stdout + stderr);
      }
    },
  }));
}

/** Metrics whose values are the same whoever measures them. */
const EQUAL =
  /^probe_(?:success|failed_due_to_regex|http_(?:redirects|ssl|status_code|version|content_length|uncompressed_body_length|last_modified_timestamp_seconds)|ip_(?:protocol|addr_hash)|ssl_earliest_cert_expiry|tls_version_info.*)$/;

/** The series of a probe by name: those that are to be equal with their values, others without. */
async function seriesOf(url: string): Promise<Map<string, string>> {
  const headers = { "x-prometheus-scrape-timeout-seconds": "2" };
  const text = await (await fetch(url, { headers })).text();
  const lines = text.matchAll(/^([a-z_]+)(\{.*\})? (\S+)$/gm);
  return new Map(Array.from(lines, ([, name = "", labels = "", value]) => {
    const isEqual = EQUAL.test(name);
    const key = name === "probe_ssl_last_chain_info" ? name : `${name}${labels}`;
    return [key, isEqual ? `${Number(value)}` : "any"];
  }));
}

/** What blackbox_exporter has that is missing here, and the other way around, of the release in Debian. */
const ADDITIONS = ["probe_timeout_seconds", "probe_failed_due_to_bytes"];

Deno.test(withTools([BLACKBOX], {
  name: "probes have the metrics and the values of blackbox_exporter",
  ignore: !Certificates.isAvailable,
  fn: async (t) => {
    using folder = new Folder();
    using certificates = new Certificates();
    const ca = certificates.selfSigned("authority");
    const leaf = certificates.signed(ca, "localhost", "DNS:localhost,IP:127.0.0.1");
    const modified = "Last-Modified: Thu, 01 Jan 1970 00:01:00 GMT\r\n";
    const body = `Content-Length: 5\r\n${modified}\r\nhello`;
    await using plain = new RawTarget(`HTTP/1.1 200 OK\r\n${body}`);
    await using secure = new RawTarget(`HTTP/1.1 200 OK\r\n${body}`, leaf);
    await using redirecting = new RawTarget(
      `HTTP/1.1 302 X\r\nLocation: http://${plain.host}/\r\nContent-Length: 0\r\n\r\n`,
    );
    await using broken = new RawTarget(BROKEN);
    const toml = folder.write(
      "probe.toml",
      `[probe]
      allow_private = true
      [modules.web]
      prober = "http"
      [modules.web.http]
      preferred_ip_protocol = "ip4"
      tls_config = { ca_file = "${ca.certFile}" }
      fail_if_body_matches_regexp = ["bye"]
      [modules.strict]
      prober = "http"
      [modules.strict.http]
      fail_if_body_matches_regexp = ["hel+o"]
      [modules.connect]
      prober = "tcp"
      [modules.encrypted]
      prober = "tcp"
      [modules.encrypted.tcp]
      tls = true
      tls_config = { ca_file = "${ca.certFile}" }
    `,
    );
    const yaml = folder.write(
      "blackbox.yml",
      `modules:
  web:
    prober: http
    http:
      preferred_ip_protocol: ip4
      enable_http2: false
      tls_config: { ca_file: ${ca.certFile} }
      fail_if_body_matches_regexp: [bye]
  strict: { prober: http, http: { fail_if_body_matches_regexp: ["hel+o"] } }
  connect: { prober: tcp }
  encrypted: { prober: tcp, tcp: { tls: true, tls_config: { ca_file: ${ca.certFile} } } }
`,
    );
    const { program, host } = await startExporter(toml);
    await using _ = program;
    const theirs = `127.0.0.1:${freePort()}`;
    await using _blackbox = new Program(BLACKBOX, [
      `--config.file=${yaml}`,
      `--web.listen-address=${theirs}`,
    ]);
    await until("blackbox_exporter to listen", async () => {
      await (await fetch(`http://${theirs}/`)).text();
      return true;
    });
    const cases = [
      ["web", `http://${plain.host}/`],
      ["web", `https://localhost:${secure.port}/`],
      ["web", `http://${redirecting.host}/`],
      ["web", `http://${broken.host}/`],
      ["web", "http://127.0.0.1:1/"],
      ["web", "http://nowhere.invalid/"],
      ["strict", `http://${plain.host}/`],
      ["connect", "nowhere.invalid:80"],
      ["connect", plain.host],
      ["connect", "127.0.0.1:1"],
      ["encrypted", `localhost:${secure.port}`],
      ["encrypted", plain.host],
    ];
    for (const [module = "", target = ""] of cases) {
      await t.step(`${module} ${target.replaceAll(/:\d{3,}/g, ":…")}`, async () => {
        const query = `/probe?module=${module}&target=${encodeURIComponent(target)}`;
        const ours = await seriesOf(`http://${host}${query}`);
        const expected = await seriesOf(`http://${theirs}${query}`);
        assert(expected.has("probe_success"));
        for (const name of ours.keys()) {
          const isAdded = ADDITIONS.includes(name) || name.startsWith("probe_tls_cipher_info");
          if (isAdded) ours.delete(name);
        }
        assertEquals(
          Object.fromEntries([...ours].sort()),
          Object.fromEntries([...expected].sort()),
        );
      });
    }
  },
}));
