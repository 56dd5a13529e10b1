import axe from "axe-core";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Counter, createLogger, Exporter, Gauge, Metric, Registry } from "@exporter/prometheus";
import { HOSTILE } from "../support/status_example.ts";
import { BROWSER } from "./browser.ts";
import { Chromium, type WatchedPage } from "./chromium.ts";
import { withTools } from "./tool.ts";

const SERIES = 100_000;

/** An exporter of 100,000 series, hostile texts, and a collector that fails until it is mended. */
class Fixture implements AsyncDisposable {
  readonly registry = new Registry();
  readonly exporter: Exporter;
  readonly requests = this.registry.register(
    new Counter("shop_requests_total", "Requests.", {
      labels: ["route", "status"],
      maxSeries: SERIES,
    }),
  );
  readonly queue = this.registry.register(new Gauge("queue_length", "Jobs that wait."));
  isBroken = true;

  constructor() {
    for (let i = 0; i < SERIES; i++) {
      this.requests.labels(`/item/${i}`, i % 5 ? "200" : "500").inc(i);
    }
    this.exporter = new Exporter({
      ...{ configFile: false, registry: this.registry, listenPort: 0, name: HOSTILE },
      logger: createLogger("test", { write: () => {} }),
    });
    for (const name of ["disk", "network", "weather", "doors"]) {
      this.exporter.collector(name, () => [new Metric(`${name}_up`, { type: "gauge" })]);
    }
    this.exporter.collector("payments", () => {
      if (this.isBroken) throw new TypeError(`connection refused ${HOSTILE}`);
      return [
        new Metric("payments_open", { type: "gauge", help: HOSTILE, labels: { a: HOSTILE } }),
      ];
    });
  }

  get url(): string {
    return this.exporter.url.href;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.exporter.shutdown();
  }
}

/** The clock of the exporter, which runs ahead. */
class AdvancedClock implements Disposable {
  readonly #original = performance.now;
  #ahead = 0;

  constructor() {
    performance.now = () => this.#original.call(performance) + this.#ahead;
  }

  advance(seconds: number): void {
    this.#ahead += seconds * 1000;
  }

  [Symbol.dispose](): void {
    performance.now = this.#original;
  }
}

/** Waits until the script has shown something new. */
async function live({ page }: WatchedPage): Promise<void> {
  await page.getByText("Live, every").waitFor();
}

/** What axe-core has to say about the page. */
async function violations({ page }: WatchedPage): Promise<string[]> {
  await page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true");
  // As Chromium's debugger evaluates it, the policy of the page does not apply to it.
  await page.evaluate(axe.source);
  const found: readonly { id: string; nodes: readonly { html: string }[] }[] = await page.evaluate(
    "axe.run().then(({ violations }) => violations)",
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

Deno.test(withTools([BROWSER], {
  name: "the status page works in a browser, with 100,000 series",
  fn: async (t) => {
    using clock = new AdvancedClock();
    await using fixture = new Fixture();
    await fixture.exporter.start();
    await using browser = await Chromium.launch();
    const { origin } = new URL(fixture.url);

    /** Runs a step with a page that must not complain, nor ask for anything elsewhere. */
    async function step(
      name: string,
      options: Parameters<Chromium["open"]>[0],
      run: (watched: WatchedPage) => Promise<void>,
    ): Promise<void> {
      await t.step(name, async () => {
        await using watched = await browser.open(options);
        await run(watched);
        assertEquals(watched.complaints, []);
        assertEquals(
          watched.requests.filter((url) => !url.startsWith(`${origin}/`) && url !== "data:,"),
          [],
        );
      });
    }

    await t.step("is small, and sent at once", async () => {
      const page = await (await fetch(fixture.url)).text();
      assert(page.length < 100_000, `${page.length} characters`);
      const status = await (await fetch(new URL("-/status", fixture.url))).text();
      assert(status.length < 30_000, `${status.length} characters`);
    });

    await step("shows the sick collector first, with its error", {}, async ({ page }) => {
      await page.goto(fixture.url);
      assertMatch(await page.title(), /^\(1!\) /);
      assertStringIncludes(
        await page.locator("#verdict").innerText(),
        "1 of 6 collectors fails: payments",
      );
      const first = page.locator("#collectors tbody").first();
      assertStringIncludes(await first.innerText(), `TypeError: connection refused ${HOSTILE}`);
      const box = await first.locator(".trouble").boundingBox();
      assert(box!.y + box!.height < 600, "the error is in the first screen");
    });

    for (const colorScheme of ["light", "dark"] as const) {
      for (
        const [what, width, height] of [["a desktop", 1280, 800], [
          "a telephone",
          360,
          740,
        ]] as const
      ) {
        for (const path of ["", "?family=shop_requests_total"]) {
          const where = `${colorScheme}, on ${what}${path === "" ? "" : ", series"}`;
          await step(
            `is accessible: ${where}`,
            { colorScheme, viewport: { width, height } },
            async (watched) => {
              await watched.page.goto(fixture.url + path);
              await live(watched);
              assertEquals(await violations(watched), []);
              const overflow: number = await watched.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth",
              );
              assert(overflow <= 0, `wider than the screen by ${overflow} pixels`);
            },
          );
        }
      }
    }

    await step("is useful without JavaScript", { javaScriptEnabled: false }, async ({ page }) => {
      await page.goto(fixture.url);
      assertStringIncludes(await page.locator("#collectors").innerText(), "payments");
      await page.locator("#search").fill("wait");
      await page.getByRole("button", { name: "Find" }).click();
      assertMatch(await page.locator("#families-view").innerText(), /^1 of \d+ families found/);
      await page.getByRole("link", { name: "queue_length" }).first().click();
      assertStringIncludes(await page.locator("#series").innerText(), "Jobs that wait.");
      await page.goto(`${fixture.url}?family=shop_requests_total`);
      assertStringIncludes(
        await page.locator("#series-view").innerText(),
        "Series 1 to 50 of 100,000",
      );
      await page.getByRole("link", { name: "Next" }).click();
      assertStringIncludes(await page.locator("#series-view").innerText(), "Series 51 to 100 of");
      await page.locator("#search").fill("item/77777");
      await page.getByRole("button", { name: "Find" }).click();
      assertStringIncludes(await page.locator("#series-view").innerText(), "1 series");
    });

    await step("works with the keyboard alone", {}, async (watched) => {
      const { page } = watched;
      await page.goto(fixture.url);
      await live(watched);
      await page.keyboard.press("Tab");
      assertEquals(
        await page.evaluate("document.activeElement.textContent"),
        "Skip to content",
      );
      await page.keyboard.press("/");
      await page.keyboard.type("queue/");
      assertEquals(await page.locator("#search").inputValue(), "queue/");
      await page.keyboard.press("Backspace");
      await page.getByText(/^1 of \d+ families found/).waitFor();
      assertStringIncludes(page.url(), "?q=queue");
      const outline = await page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle",
      );
      assertEquals(outline, "solid");
      await page.keyboard.press("Escape");
      await page.getByText(/^\d+ families/).waitFor();
      await page.keyboard.type("queue");
      await page.getByText(/^1 of \d+ families found/).waitFor();
      const link = page.locator("#families-view").getByRole("link", { name: "queue_length" });
      for (
        let i = 0;
        i < 10 && await link.and(page.locator(":focus")).count() === 0;
        i++
      ) {
        await page.keyboard.press("Tab");
      }
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "queue_length" }).waitFor();
    });

    await step("shows a live value, its rate and its course", {}, async (watched) => {
      const { page } = watched;
      await page.clock.install();
      await page.goto(`${fixture.url}?family=shop_requests_total&match=item/77777"`);
      await live(watched);
      for (let i = 1; i <= 3; i++) {
        fixture.requests.labels("/item/77777", "200").inc(1000);
        clock.advance(6);
        await page.clock.runFor(5000);
        await page.getByText(String(77_777 + 1000 * i)).waitFor();
      }
      await page.locator(".spark").waitFor();
      assertMatch(await page.locator(".spark").getAttribute("aria-label") ?? "", /per second, now/);
    });

    await step("is live: shows that a collector was mended", {}, async (watched) => {
      const { page } = watched;
      await page.clock.install();
      await page.goto(fixture.url);
      await live(watched);
      await page.locator("#collectors a, #search").first().focus();
      fixture.isBroken = false;
      await fixture.exporter.export();
      await page.clock.runFor(6000);
      await page.getByText("All 6 collectors work").waitFor();
      assertEquals(await page.title(), HOSTILE.replaceAll(/\s+/g, " "));
      clock.advance(6);
      await page.goto(`${fixture.url}?q=payments_open`);
      await live(watched);
      assertStringIncludes(await page.locator("#families-view").innerText(), HOSTILE);
      await page.goto(`${fixture.url}?family=payments_open`);
      await live(watched);
      assertStringIncludes(await page.locator("#series-view").innerText(), "alert(1)");
    });

    await step("works under a path", {}, async (watched) => {
      const { page } = watched;
      await using exporter = new Exporter({
        ...{ configFile: false, registry: fixture.registry, listenPort: 0, routePrefix: "/shop" },
        logger: createLogger("test", { write: () => {} }),
      });
      await exporter.start();
      const own = new URL(exporter.url).origin;
      await page.goto(`${own}/`);
      await live(watched);
      await page.getByRole("link", { name: "queue_length" }).first().click();
      await live(watched);
      await page.getByRole("link", { name: "All families" }).click();
      await page.locator("#search").fill("queue");
      await page.getByText(/^1 of \d+ families found/).waitFor();
      await page.getByRole("link", { name: "One scrape explained" }).click();
      assertStringIncludes(await page.locator("body").innerText(), "This describes one scrape");
      assertEquals(watched.requests.filter((url) => !url.startsWith(`${own}/`)), []);
      watched.requests.length = 0;
    });

    await step("asks for nothing while it is hidden", {}, async (watched) => {
      const { page, requests } = watched;
      await page.clock.install();
      await page.goto(fixture.url);
      await live(watched);
      await page.evaluate(`
        Object.defineProperty(document, "visibilityState", { value: "hidden" });
        document.dispatchEvent(new Event("visibilitychange"));
      `);
      const before = requests.length;
      await page.clock.runFor(60_000);
      assertEquals(requests.length, before);
    });

    await t.step("tells that the exporter has gone", async () => {
      await using watched = await browser.open();
      const { page } = watched;
      await page.clock.install();
      await page.goto(fixture.url);
      await live(watched);
      await fixture.exporter.shutdown();
      await page.clock.runFor(6000);
      await page.getByText("Not up to date").waitFor();
    });
  },
}));
