/**
 * A soak: an exporter in a process of its own under everything that happens to exporters, for a while, and what became of it.
 *
 * @module
 */

import { parseExposition } from "../../parse.ts";
import { generator } from "../support/random.ts";
import { Program, ROOT } from "../support/program.ts";
import { cancel, reset, stall } from "./disturbances.ts";
import { FigureReader, Recording } from "./figures.ts";
import { configuration, Reloads, replace } from "./reloads.ts";
import { Scraper } from "./scraper.ts";

const EXPORTER = new URL("exporter.ts", import.meta.url).href;

/** A query without the collectors that need their whole timeout. */
const QUICK = ["heeds", "hangs", "cached_hangs", "never_ends"].map((name) => `exclude[]=${name}`)
  .join("&");

/** What is scraped all the time. */
const QUERIES = [
  "",
  `?${QUICK}`,
  `?job=mail&${QUICK}`,
  "?collect[]=sound&collect[]=worker",
  "?name[]=soak_requests_total&name[]=soak_duration_seconds",
];

const RECORDED = "?name[]=deno_heap_used_bytes&name[]=deno_external_memory_bytes&" +
  `name[]=deno_event_loop_lag_seconds&${QUICK}&exclude[]=worker&exclude[]=sound`;

/** How many readers are stalled at a time, and for how many seconds. */
const STALLED = 3;
const STALLED_FOR = 15;

/** An approximate size of the exposition, in bytes. */
const SIZE = 150_000;

/** How many failures end a soak. */
const MAX_FAILURES = 10;

/** Options of {@linkcode soak}. */
export interface SoakOptions {
  /** Seconds. */
  readonly seconds: number;
  /** What the exporter leaks on purpose. */
  readonly leak: string | undefined;
  /** Seconds between two readings of the figures. */
  readonly interval: number;
}

/** What became of an exporter. */
export interface SoakResult {
  /** The figures, by seconds since the start. */
  readonly recording: Recording;
  /** What went wrong. */
  readonly failures: readonly string[];
  /** How many scrapes succeeded, and how often the configuration was reloaded. */
  readonly counts: { readonly scrapes: number; readonly reloads: number };
}

/** Starts an exporter, and makes its life hard. */
export async function soak({ seconds, leak, interval }: SoakOptions): Promise<SoakResult> {
  const folder = await Deno.makeTempDir();
  const config = `${folder}/config.toml`;
  await replace(config, configuration(0));
  const flags = ["run", "--allow-all", `--config=${new URL("deno.json", ROOT).pathname}`];
  await using program = Program.deno([...flags, EXPORTER, config, ...(leak ? [leak] : [])]);
  try {
    const [, address = ""] = await program.line(/Listening on (http:\S+)/, { limit: 60 });
    return await new Soak(program, new URL(address), config).run(seconds, interval);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

class Soak {
  readonly #program: Program;
  readonly #metrics: URL;
  readonly #reloads: Reloads;
  readonly #scrapers: readonly Scraper[];
  readonly #recording = new Recording();
  readonly #failures: string[] = [];
  readonly #random = generator(1);
  readonly #over = new AbortController();
  #hasDied = false;

  constructor(program: Program, url: URL, config: string) {
    this.#program = program;
    this.#metrics = new URL("metrics", url);
    this.#reloads = new Reloads({ path: config, url, signal: () => program.kill("SIGHUP") });
    this.#scrapers = QUERIES.map((query) => new Scraper(new URL(query, this.#metrics)));
  }

  async run(seconds: number, interval: number): Promise<SoakResult> {
    const timer = setTimeout(() => this.#over.abort(), seconds * 1000);
    void this.#program.ended({ limit: 2 * seconds + 60 }).then(({ code, signal, stderr }) => {
      if (this.#over.signal.aborted) return;
      this.#hasDied = true;
      this.#fail(`The exporter ended with ${signal ?? `status ${code}`}: ${stderr.slice(-2000)}`);
      this.#over.abort();
    });
    const reader = new FigureReader(this.#program.pid);
    const start = performance.now();
    await Promise.all([
      this.#repeat(interval, () => this.#record(reader, (performance.now() - start) / 1000)),
      this.#repeat(1, () => this.#reloads.reload()),
      ...this.#scrapers.map((scraper) => this.#repeat(0.4, () => scraper.scrape())),
      this.#repeat(0.05, () => cancel(this.#anyHost(), 150 * this.#random())),
      this.#repeat(0.1, () => reset(new URL(`?${QUICK}`, this.#metrics))),
      ...Array.from(
        { length: STALLED },
        () => this.#repeat(1, () => stall(this.#metrics, SIZE, this.#stalledLong())),
      ),
    ]);
    clearTimeout(timer);
    if (!this.#hasDied) await this.#end();
    const scrapes = this.#scrapers.reduce((sum, { scrapes }) => sum + scrapes, 0);
    return {
      recording: this.#recording,
      failures: this.#failures,
      counts: { scrapes, reloads: this.#reloads.count },
    };
  }

  /** Does something again and again, with pauses of that many seconds on average. */
  async #repeat(pause: number, act: () => Promise<unknown>): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      try {
        await act();
      } catch (error) {
        if (!signal.aborted) this.#fail((error as Error).message);
      }
      await new Promise((resolve) => setTimeout(resolve, (0.5 + this.#random()) * pause * 1000));
    }
  }

  async #record(reader: FigureReader, time: number): Promise<void> {
    const response = await fetch(new URL(RECORDED, this.#metrics));
    if (!response.ok) throw new Error(`Figures cannot be read: status ${response.status}`);
    this.#recording.add(time, reader.read(parseExposition(await response.text())));
  }

  #anyHost(): URL {
    return new URL(`?host=host-${Math.floor(2000 * this.#random())}&${QUICK}`, this.#metrics);
  }

  /** Returns a signal that aborts when a reader has stalled for long enough. They do not all begin and end at the same time. */
  #stalledLong(): AbortSignal {
    const seconds = STALLED_FOR * (0.5 + this.#random());
    return AbortSignal.any([this.#over.signal, AbortSignal.timeout(seconds * 1000)]);
  }

  async #end(): Promise<void> {
    try {
      this.#program.kill("SIGTERM");
      const { code, signal } = await this.#program.status({ limit: 30 });
      if (signal ?? code) this.#fail(`The exporter ended with ${signal ?? `status ${code}`}`);
    } catch (error) {
      this.#fail(`The exporter did not end: ${(error as Error).message}`);
    }
  }

  #fail(failure: string): void {
    this.#failures.push(failure);
    if (this.#failures.length >= MAX_FAILURES) this.#over.abort();
  }
}
