import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfigError } from "../../config_error.ts";
import { Exporter } from "../../exporter.ts";
import { SILENT } from "../../model/logger.ts";
import { Registry } from "../../registry.ts";
import { RawTarget } from "../support/raw_target.ts";

/** A configuration file that can be changed. */
class ConfigFile implements Disposable {
  readonly path = Deno.makeTempFileSync({ suffix: ".toml" });

  constructor(toml: string) {
    this.write(toml);
  }

  write(toml: string): void {
    Deno.writeTextFileSync(this.path, toml);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}

function create(configFile: string | false): Exporter {
  return new Exporter({
    ...{ configFile, registry: new Registry(), listenPort: 0, logger: SILENT },
  });
}

async function get(exporter: Exporter, path: string): Promise<[status: number, text: string]> {
  const response = await exporter.fetch(new Request(`http://localhost${path}`));
  return [response.status, await response.text()];
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const WEB = '[modules.web]\nprober = "http"\n';

Deno.test("Probes come from the configuration file", async () => {
  await using target = new RawTarget(OK);
  using file = new ConfigFile(`[probe]\ntargets = ["127.0.0.1"]\n${WEB}`);
  await using exporter = create(file.path);
  await exporter.start();
  const [status, text] = await get(exporter, `/probe?module=web&target=${target.host}`);
  assertEquals(status, 200);
  assertStringIncludes(text, "probe_success 1\n");
  assertStringIncludes(text, "probe_http_status_code 200\n");
  assertEquals((await get(exporter, "/probe?target=127.0.0.2"))[0], 403);
  assertEquals((await get(exporter, `/probe?module=x&target=${target.host}`))[0], 400);
});

Deno.test("Probes allow the targets that the configuration lists, and no others", async () => {
  await using target = new RawTarget(OK);
  using file = new ConfigFile(`[[targets]]\ntargets = ["http://${target.host}/"]\n${WEB}`);
  await using exporter = create(file.path);
  assertEquals((await get(exporter, `/probe?target=http://${target.host}/`))[0], 200);
  assertEquals((await get(exporter, "/probe?target=http://127.0.0.1:1/"))[0], 403);
  assertEquals((await get(exporter, "/probe?target=example.com"))[0], 403);
  const [status, text] = await get(exporter, "/sd");
  assertEquals([status, JSON.parse(text)[0].labels.instance], [200, `http://${target.host}/`]);
});

Deno.test("Probes of a program take targets from the configuration file", async () => {
  using file = new ConfigFile('[[targets]]\ntargets = ["switch 7"]\n');
  await using exporter = create(file.path);
  exporter.probe("/probe", () => {}, { resolve: false });
  assertEquals((await get(exporter, "/probe?target=switch%207"))[0], 200);
  assertEquals((await get(exporter, "/probe?target=switch%208"))[0], 403);
  const [group] = JSON.parse((await get(exporter, "/sd"))[1]);
  assertEquals(group.labels.__param_target, "switch 7");
});

Deno.test("Probes follow a reload, all or nothing", async () => {
  using file = new ConfigFile(`[probe]\nallow_private = true\n${WEB}`);
  await using exporter = create(file.path);
  await exporter.start();
  assertEquals((await get(exporter, "/probe?target=127.0.0.1:1"))[0], 200);
  file.write(`[probe]\npath = "/other"\nallow_private = true\n${WEB}`);
  await exporter.reload();
  assertEquals((await get(exporter, "/probe?target=127.0.0.1:1"))[0], 404);
  assertEquals((await get(exporter, "/other?target=127.0.0.1:1"))[0], 200);
  file.write('[modules.web]\nprober = "icmp"\n');
  await assertRejects(() => exporter.reload(), ConfigError, "modules.web.prober");
  assertEquals((await get(exporter, "/other?target=127.0.0.1:1"))[0], 200);
  file.write("");
  await exporter.reload();
  assertEquals((await get(exporter, "/other?target=127.0.0.1:1"))[0], 404);
});

Deno.test("Probes keep their counts over a reload", async () => {
  using file = new ConfigFile(`[probe]\nallow_private = true\n${WEB}`);
  await using exporter = create(file.path);
  await get(exporter, "/probe");
  await exporter.reload();
  await get(exporter, "/probe");
  assertStringIncludes(
    await exporter.export(),
    'exporter_probe_requests_total{path="/probe",result="invalid"} 2\n',
  );
});

Deno.test("Exporter.start() reports invalid probes of the configuration", async () => {
  using file = new ConfigFile('[modules.web]\nprober = "icmp"\n');
  await using exporter = create(file.path);
  await assertRejects(() => exporter.start(), ConfigError, "modules.web.prober: expected http or");
});

Deno.test("Exporter.start() reports a path of the configuration that the program uses", async () => {
  using file = new ConfigFile(WEB);
  await using exporter = create(file.path);
  exporter.probe("/probe", () => {});
  await assertRejects(() => exporter.start(), ConfigError, "probe.path: path already in use");
});
