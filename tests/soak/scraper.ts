/**
 * Scrapers whose every scrape must succeed.
 *
 * @module
 */

import { parseExposition, parseProtobuf } from "../../parse.ts";
import type { Family } from "../../model/family.ts";
import { readOpenMetrics2 } from "../support/openmetrics2_reader.ts";
import { CounterWatch } from "./counter_watch.ts";

/** What a scraper asks for, one after the other, and how it begins what comes back. */
const ACCEPTED = [
  ["text/plain;version=0.0.4", "text/plain; version=0.0.4"],
  ["text/plain;version=1.0.0;escaping=allow-utf-8", "text/plain; version=1.0.0"],
  ["application/openmetrics-text;version=1.0.0", "application/openmetrics-text; version=1.0.0"],
  [
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    "application/vnd.google.protobuf",
  ],
  ["application/openmetrics-text;version=2.0.0", "application/openmetrics-text; version=2.0.0"],
] as const;

/** Seconds after which a scrape has failed. */
const TIMEOUT = 20;

/** Scrapes one query of an exporter in turn in all formats, compressed and not, and checks what comes back. */
export class Scraper {
  readonly #url: URL;
  readonly #counters = new CounterWatch();
  #scrapes = 0;

  /** Creates a scraper. */
  constructor(url: URL) {
    this.#url = url;
  }

  /** How many scrapes have succeeded. */
  get scrapes(): number {
    return this.#scrapes;
  }

  /**
   * Scrapes once, and returns the families. They are missing in OpenMetrics 2.0, whose reader returns something else.
   *
   * @throws {Error} If the scrape fails, the exposition is invalid, or a counter goes backwards.
   */
  async scrape(): Promise<readonly Family[]> {
    const [accept, expected] = ACCEPTED[this.#scrapes % ACCEPTED.length]!;
    const encoding = (this.#scrapes / ACCEPTED.length) % 2 < 1 ? "gzip" : "identity";
    const what = `${this.#url.pathname}${this.#url.search} as ${accept} with ${encoding}`;
    try {
      const families = await this.#read({ accept, "accept-encoding": encoding }, expected);
      const backwards = this.#counters.check(families);
      if (backwards.length > 0) throw new Error(backwards.slice(0, 3).join("; "));
      this.#scrapes++;
      return families;
    } catch (cause) {
      throw new Error(`Scrape of ${what} failed: ${(cause as Error).message}`, { cause });
    }
  }

  async #read(headers: Record<string, string>, expected: string): Promise<readonly Family[]> {
    const signal = AbortSignal.timeout(TIMEOUT * 1000);
    const response = await fetch(this.#url, { headers, signal });
    const bytes = await response.bytes();
    const type = response.headers.get("content-type") ?? "";
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    if (!type.startsWith(expected)) throw new Error(`content type ${type}`);
    const isZipped = response.headers.get("content-encoding") === "gzip";
    if (isZipped !== (headers["accept-encoding"] === "gzip")) throw new Error("wrong encoding");
    if (type.includes("protobuf")) return parseProtobuf(bytes);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!type.includes("version=2.0.0")) {
      return parseExposition(text, {
        format: type.includes("openmetrics") ? "openmetrics" : "text",
      });
    }
    readOpenMetrics2(text);
    return [];
  }
}
