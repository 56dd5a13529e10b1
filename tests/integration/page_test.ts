import { assertEquals, assertStringIncludes } from "@std/assert";
import { createLogger, Exporter, Registry } from "@exporter/prometheus";
import { BROWSER, Page } from "./browser.ts";
import { withTools } from "./tool.ts";

/** Serves an exporter under a path, as behind a reverse proxy. */
function serve(exporter: Exporter, prefix: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const url = new URL(request.url);
    if (!url.pathname.startsWith(prefix)) return new Response("Not found", { status: 404 });
    url.pathname = url.pathname.slice(prefix.length - 1);
    return exporter.fetch(new Request(url, { headers: request.headers }));
  });
}

Deno.test(withTools([BROWSER], {
  name: "the page with links works in a browser",
  fn: async (t) => {
    const exporter = new Exporter({
      configFile: false,
      name: "Weather & <doors>",
      statusPage: "off",
      registry: new Registry(),
      logger: createLogger("test", { write: () => {} }),
    });
    await using page = await Page.open();

    for (const prefix of ["/", "/exporters/weather/"]) {
      const server = serve(exporter, prefix);
      const url = new URL(`http://127.0.0.1:${server.addr.port}${prefix}`);

      await t.step(`at ${prefix}: shows its name`, async () => {
        await page.goto(url);
        assertEquals(await page.evaluate("document.title"), "Weather & <doors>");
        assertEquals(
          await page.evaluate("document.querySelector('h1').textContent"),
          "Weather & <doors>",
        );
      });

      await t.step(`at ${prefix}: is styled`, async () => {
        assertEquals(await page.evaluate("document.styleSheets.length"), 1);
        assertEquals(
          await page.evaluate("getComputedStyle(document.querySelector('li')).display"),
          "flex",
        );
      });

      for (
        const [path, text] of [
          ["metrics", 'exporter_collector_success{collector="default"} 1\n'],
          ["-/healthy", "Healthy\n"],
          ["-/ready", "Ready\n"],
        ] as const
      ) {
        await t.step(`at ${prefix}: leads to ${path}`, async () => {
          await page.goto(url);
          await page.click(`a[href="${path}"]`, new URL(path, url));
          assertStringIncludes(await page.evaluate("document.body.textContent"), text);
        });
      }

      await t.step(`at ${prefix}: leaves the console empty`, () => {
        // A browser asks for an icon of documents that are only text, too, and there is none.
        const messages = page.console.filter((message) => !message.endsWith("/favicon.ico)"));
        assertEquals(messages, []);
      });

      await server.shutdown();
    }
  },
}));
