import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { hashSync } from "bcryptjs";
import { Counter } from "../../counter.ts";
import { Exporter } from "../../exporter.ts";
import type { ExporterOptions } from "../../exporter_options.ts";
import { createLogger } from "../../log.ts";
import { Registry } from "../../registry.ts";

function create(options: ExporterOptions = {}): Exporter {
  const exporter = new Exporter({
    ...{ configFile: false, registry: new Registry(), runtimeMetrics: false, listenPort: 0 },
    logger: createLogger("test", { write: () => {} }),
    ...options,
  });
  return exporter.collector("db", () => {
    throw new TypeError("refused by db.internal");
  });
}

async function get(url: URL, path: string, headers: HeadersInit = {}): Promise<[number, string]> {
  const response = await fetch(new URL(path, url), { headers });
  return [response.status, await response.text()];
}

Deno.test("StatusRoutes.page() shows the collector that fails, its error and its family", async () => {
  await using exporter = create();
  await exporter.start();
  const response = await fetch(exporter.url);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertMatch(response.headers.get("content-security-policy")!, /script-src 'sha256-/);
  const page = await response.text();
  assertStringIncludes(page, "1 of 2 collectors fails: db");
  assertStringIncludes(page, "TypeError: refused by db.internal");
});

Deno.test("StatusRoutes.page() answers HEAD without a body", async () => {
  await using exporter = create();
  await exporter.start();
  const response = await fetch(exporter.url, { method: "HEAD" });
  assertEquals([response.status, await response.text()], [200, ""]);
  assert(Number(response.headers.get("content-length")) > 1000);
});

Deno.test("StatusRoutes.page() finds families without a script", async () => {
  await using exporter = create();
  await exporter.start();
  const [, page] = await get(exporter.url, "/?q=cache_age&sort=series");
  assertMatch(page, /[01] of \d families found/);
  assertFalse(page.includes("How long the last run"));
  assertStringIncludes(page, 'name="q" value="cache_age"');
});

Deno.test("StatusRoutes.document() is JSON of this moment", async () => {
  await using exporter = create();
  await exporter.start();
  const response = await fetch(new URL("-/status", exporter.url));
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { collectors, version, configuration } = await response.json();
  assertEquals([version, collectors[0].state], [1, "failing"]);
  assert(configuration.some(({ key }: { key: string }) => key === "status_page"));
});

Deno.test("StatusRoutes.series() answers with pages of series, 404 or 400", async () => {
  const registry = new Registry();
  const jobs = registry.register(new Counter("jobs_total", "Jobs.", { labels: ["id"] }));
  for (let i = 0; i < 120; i++) jobs.labels(String(i)).inc();
  await using exporter = create({ registry });
  await exporter.start();
  const path = "/-/status/series?family=jobs_total&offset=100";
  const { matched, offset, series } = JSON.parse((await get(exporter.url, path))[1]);
  assertEquals([matched, offset, series.length], [120, 100, 20]);
  for (const bad of ["-1", "1.5", "x", "1e300"]) {
    const [, text] = await get(exporter.url, `/-/status/series?family=jobs_total&offset=${bad}`);
    assertEquals(JSON.parse(text).offset, 0);
  }
  assertEquals(await get(exporter.url, "/-/status/series?family=a"), [404, "No such family\n"]);
  assertEquals((await get(exporter.url, "/-/status/series"))[0], 400);
});

Deno.test("StatusRoutes has details for clients that have authenticated only, behind a proxy", async () => {
  const hash = hashSync("secret", 4);
  const webConfigFile = await Deno.makeTempFile();
  await Deno.writeTextFile(webConfigFile, `basic_auth_users:\n  admin: ${hash}\n`);
  await using exporter = create({ webConfigFile });
  await exporter.start();
  for (const path of ["/", "/-/status", "/-/status/series?family=up", "/metrics?debug=1"]) {
    assertEquals((await get(exporter.url, path))[0], 401, path);
  }
  const headers = {
    authorization: `Basic ${btoa("admin:secret")}`,
    "x-forwarded-for": "192.0.2.1",
  };
  const [, page] = await get(exporter.url, "/", headers);
  assertStringIncludes(page, "refused by db.internal");
  assertStringIncludes(page, "1 password");
  assertFalse(page.includes(hash));
  await Deno.remove(webConfigFile);
});

for (
  const [where, path] of [
    ["the page", "/"],
    ["the document", "/-/status"],
    ["an explained scrape", "/metrics?debug=1"],
  ] as const
) {
  Deno.test(`StatusRoutes has details in ${where} for the same machine, and with statusPage "full" for all`, async () => {
    for (
      const [statusPage, headers, isShown] of [
        ["auto", {}, true],
        ["auto", { "x-forwarded-for": "192.0.2.1" }, false],
        ["full", { "x-forwarded-for": "192.0.2.1" }, true],
      ] as const
    ) {
      await using exporter = create({ statusPage });
      await exporter.start();
      const [status, text] = await get(exporter.url, path, headers);
      assertEquals([status, text.includes("refused by db.internal")], [200, isShown]);
      assertEquals(text.includes("TypeError"), true);
    }
  });
}

Deno.test('StatusRoutes are absent with statusPage "off", and / has links', async () => {
  const exporter = create({ statusPage: "off" });
  for (const path of ["/-/status", "/-/status/series?family=a"]) {
    const response = await exporter.fetch(new Request(`http://localhost${path}`));
    assertEquals([response.status, await response.text()], [404, "Not found\n"]);
  }
  const page = await (await exporter.fetch(new Request("http://localhost/"))).text();
  assertStringIncludes(page, '<a href="metrics">/metrics</a>');
  assertFalse(page.includes("<script"));
  await exporter.shutdown();
});

Deno.test("StatusRoutes show what is there while a collector hangs", async () => {
  const exporter = create();
  exporter.collector("slow", () => new Promise(() => {}));
  await exporter.start();
  const [, text] = await get(exporter.url, "/-/status");
  const { metrics, collectors } = JSON.parse(text);
  assertEquals(metrics, null);
  const slow = collectors.find(({ name }: { name: string }) => name === "slow");
  assertEquals(slow.state, "running");
  await exporter.shutdown();
});

Deno.test("StatusRoutes start the exporter, and wait for that", async () => {
  let isStarted = false;
  const exporter = create({
    onStartup: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      isStarted = true;
    },
  });
  const response = await exporter.fetch(new Request("http://localhost/-/status"));
  assertEquals([isStarted, (await response.json()).isReady], [true, true]);
  await exporter.shutdown();
});

Deno.test("StatusRoutes answer no more requests at once than metrics do", async () => {
  const exporter = create({ maxRequestsInFlight: 1 });
  exporter.collector("slow", () => new Promise(() => {}));
  await exporter.start();
  const answers = await Promise.all([0, 1].map(() => get(exporter.url, "/-/status")));
  assertEquals(answers.map(([status]) => status).sort(), [200, 503]);
  await exporter.shutdown();
});
