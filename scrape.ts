/**
 * Scrapes of a registry: shared by those who ask for the same at the same time, and logged.
 *
 * @module
 */

import { compress, encode } from "./encode.ts";
import type { Exposition } from "./exposition.ts";
import type { Logger } from "./logger.ts";
import type { Encoding } from "./negotiate.ts";
import type { Gathering, GatherOptions, Registry } from "./registry.ts";
import { LogThrottle } from "./throttle.ts";

/** The result of one scrape, written once in each encoding that somebody wants. */
export class Scrape {
  /** How many samples it has. */
  readonly samples: number;
  readonly #plain: Exposition;
  #compressed: Promise<Exposition> | undefined;

  /** Takes how many samples were gathered, and how they read. */
  constructor(samples: number, plain: Exposition) {
    this.samples = samples;
    this.#plain = plain;
  }

  /** Gives it in a content coding. */
  expose(encoding: Encoding): Promise<Exposition> {
    if (encoding === "identity") return Promise.resolve(this.#plain);
    return this.#compressed ??= compress(this.#plain, encoding);
  }
}

/** Scrapes a registry. */
export class Scraper {
  readonly #registry: Registry;
  readonly #logger: Logger;
  readonly #throttle = new LogThrottle();
  readonly #underWay = new Map<string, Promise<Scrape>>();

  /** Prepares to scrape. */
  constructor(registry: Registry, logger: Logger) {
    this.#registry = registry;
    this.#logger = logger;
  }

  /** Joins the scrape under way that has the same key, or begins one. */
  share(key: string, begin: () => GatherOptions): Promise<Scrape> {
    let scrape = this.#underWay.get(key);
    if (scrape === undefined) {
      scrape = this.scrape(begin()).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, scrape);
    }
    return scrape;
  }

  /** Resolves when no scrape is under way that was there now. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  /** Gathers, logs what went wrong, and writes the text. */
  async scrape(options: GatherOptions): Promise<Scrape> {
    const gathering = await this.#registry.gather(options);
    this.#logFailures(gathering);
    this.#logClashes(gathering);
    return new Scrape(gathering.samples, await encode(gathering.families, "text"));
  }

  #logFailures({ outcomes }: Gathering): void {
    for (const { collector = "", failure, duration } of outcomes) {
      const key = `collector ${collector}`;
      if (failure === undefined) {
        if (this.#throttle.reset(key)) this.#logger.info("collector recovered", { collector });
        continue;
      }
      const { error } = failure;
      this.#warn(key, kindOf(error), "collector failed", { collector, duration, error });
    }
  }

  #logClashes({ clashes }: Gathering): void {
    for (const { collector = "", kind, what, samples } of clashes) {
      const message = kind === "duplicate" ? "duplicate samples left out" : "family left out";
      this.#warn(`${kind} ${collector}`, what, message, { collector, what, samples });
    }
  }

  #warn(key: string, text: string, message: string, fields: Record<string, unknown>): void {
    const repeated = this.#throttle.admit(key, text);
    if (repeated === undefined) return;
    this.#logger.warn(message, { ...fields, ...(repeated > 0 && { repeated }) });
  }
}

/** What tells one failure from another: numbers, such as durations and ports, do not. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return `${error.name}: ${error.message}`.replaceAll(/\d+/g, "#");
}
