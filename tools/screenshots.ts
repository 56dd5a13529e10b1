/**
 * Makes the pictures of the status page for the README, of an exporter with a broken collector, in Debian's Chromium.
 *
 *     deno task screenshots
 *
 * @module
 */

import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { Counter, createLogger, Exporter, Histogram, Metric, Registry } from "../mod.ts";
import { findTool } from "../tests/integration/tool.ts";

const FOLDER = new URL("../docs/images/", import.meta.url);

/** A picture: its name, its path, and how the browser is set up. */
const PICTURES: readonly (readonly [name: string, path: string, BrowserContextOptions])[] = [
  ["status-light.png", "./", { colorScheme: "light", viewport: { width: 1180, height: 1000 } }],
  ["status-dark.png", "./", { colorScheme: "dark", viewport: { width: 1180, height: 1000 } }],
  ["status-phone.png", "./", { colorScheme: "light", viewport: { width: 390, height: 844 } }],
  ["series.png", "./?family=shop_orders_total", {
    colorScheme: "light",
    viewport: { width: 1180, height: 620 },
  }],
];

/** Random numbers from 0 to 1, always the same ones. */
function* randomNumbers(): Generator<number, never> {
  for (let state = 7;;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

const numbers = randomNumbers();
const random = () => numbers.next().value;

/** A label with too many values. */
const seconds = new Histogram("shop_request_duration_seconds", "Duration of requests.", {
  labels: ["route", "method"],
  unit: "seconds",
});

function shop(): Exporter {
  const registry = new Registry();
  const labels = ["country", "status"] as const;
  const orders = registry.register(new Counter("shop_orders_total", "Orders placed.", { labels }));
  for (const [i, country] of ["AT", "CH", "DE", "DK", "FR", "IT", "NL", "PL"].entries()) {
    orders.labels(country, "paid").inc(9000 - 900 * i);
    orders.labels(country, "refused").inc(80 - 9 * i);
  }
  registry.register(seconds);
  const exporter = new Exporter({
    ...{ configFile: false, name: "Shop", version: "4.2.0", registry, listenPort: 0 },
    ...{ labels: { site: "north" }, logger: createLogger("shop", { write: () => {} }) },
  });
  let run = 0;
  const gauge = (name: string, help: string, value: number) => {
    return new Metric(name, { type: "gauge", help, value });
  };
  return exporter
    .collector("warehouse", async () => {
      await sleep(8 + 30 * random());
      return Array.from(
        { length: 48 },
        (_, i) =>
          new Metric("warehouse_pallets", {
            ...{ type: "gauge", help: "Pallets in stock.", value: i },
            labels: { aisle: String(i) },
          }),
      );
    })
    .collector("payments", () => {
      if (run++ > 52) throw new TypeError("connection refused by postgres://db.internal:5432/pay");
      return [gauge("payments_open", "Payments that wait for confirmation.", 12)];
    })
    .collector("carriers", async () => {
      await sleep(20 + 25 * random());
      return [gauge("carrier_delay_seconds", "Delay of the slowest carrier.", 320)];
    }, { timeout: 5 })
    .collector("weather", async () => {
      await sleep(5);
      return [gauge("weather_celsius", "Temperature at the loading ramp.", 7.5)];
    }, { ttl: 300 });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Gives the page values of the last minutes, as if it had been open for so long. */
async function addHistory(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const points: Record<string, [number, number][]> = {};
    const now = Date.now() / 1000;
    for (const [i, country] of ["AT", "CH", "DE", "DK", "FR", "IT", "NL", "PL"].entries()) {
      for (const [status, total] of [["paid", 9000 - 900 * i], ["refused", 80 - 9 * i]] as const) {
        const text = `shop_orders_total{site="north",country="${country}",status="${status}"}`;
        let value = total;
        const values: [number, number][] = [];
        for (let k = 0; k < 55; k++) {
          values.unshift([now - 5 * k, Math.max(0, value)]);
          const wave = 1 + Math.sin(k / (4 + i)) + 0.5 * Math.sin(k * (2 + i));
          value -= Math.round((total / 1000) * Math.max(0, wave));
        }
        points[text] = values;
      }
    }
    sessionStorage.setItem("points", JSON.stringify({ time: now, points }));
  });
}

/** Seconds between two scrapes. */
const INTERVAL = 15;

/** The number of scrapes before the pictures. */
const SCRAPES = 32;

/** Scrapes an exporter as if that had taken minutes: its clocks are behind, and catch up. */
async function scrape(exporter: Exporter, change: () => void): Promise<void> {
  const { now } = Date;
  const monotonic = performance.now.bind(performance);
  let behind = SCRAPES * INTERVAL * 1000;
  Date.now = () => now() - behind;
  performance.now = () => monotonic() - behind;
  for (let i = 0; i < SCRAPES; i++) {
    for (const path of ["metrics", "-/status"]) {
      await (await fetch(new URL(path, exporter.url))).body?.cancel();
    }
    behind -= INTERVAL * 1000;
    change();
  }
  Date.now = now;
  performance.now = monotonic;
}

await Deno.mkdir(FOLDER, { recursive: true });
await using exporter = shop();
await exporter.start();
let item = 0;
await scrape(exporter, () => seconds.labels(`/item/${item++}`, "GET").observe(random()));
const executablePath = findTool("chromium");
if (executablePath === undefined) throw new Error("Cannot find chromium: it is Debian's package");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const [name, path, options] of PICTURES) {
  const context = await browser.newContext({ deviceScaleFactor: 1, ...options });
  const page = await context.newPage();
  await addHistory(page);
  await page.goto(new URL(path, exporter.url).href);
  await page.getByText("Live, every").waitFor();
  const { pathname } = new URL(name, FOLDER);
  await page.screenshot({ path: decodeURIComponent(pathname) });
  const { size } = await Deno.stat(pathname);
  console.log(`${name}: ${(size / 1000).toFixed(0)} kB`);
  await context.close();
}
await browser.close();
