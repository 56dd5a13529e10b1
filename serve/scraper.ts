/**
 * Scrapes of a registry: shared by those who ask for the same at the same time, and logged.
 *
 * @module
 */

import type { Encoding, Exposition } from "../exposition.ts";
import { contentType, type FormatVariant } from "../encode/format.ts";
import type { Gathering, Registry } from "../registry.ts";
import type { GatherOptions } from "../registry_options.ts";
import type { ThrottledLog } from "./log_throttle.ts";

/** The result of one scrape, written once in each format and content coding that somebody wants. */
export class Scrape {
  readonly #registry: Registry;
  readonly #gathering: Gathering;
  readonly #expositions = new Map<string, Promise<Exposition>>();

  /** Takes what was gathered. */
  constructor(registry: Registry, gathering: Gathering) {
    this.#registry = registry;
    this.#gathering = gathering;
  }

  /** How many samples it has. */
  get samples(): number {
    return this.#gathering.samples;
  }

  /** Gives it in a format and a content coding. Everybody gets an exposition of their own to dispose of. */
  async expose(variant: FormatVariant, encoding: Encoding): Promise<Exposition> {
    const key = `${contentType(variant)} ${encoding}`;
    const shared = this.#expositions.get(key);
    if (shared !== undefined) {
      const exposition = await shared;
      if (!exposition.isDisposed) return exposition.share();
    }
    const own = this.#registry.write(this.#gathering, { variant, encoding });
    this.#expositions.set(key, own);
    return own;
  }
}

/** Scrapes a registry. */
export class Scraper {
  readonly #registry: Registry;
  readonly #log: ThrottledLog;
  readonly #underWay = new Map<string, Promise<Scrape>>();

  /** Prepares to scrape. */
  constructor(registry: Registry, log: ThrottledLog) {
    this.#registry = registry;
    this.#log = log;
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

  /** Gathers, and logs what went wrong. */
  async scrape(options: GatherOptions): Promise<Scrape> {
    const gathering = await this.#registry.gather(options);
    this.#logFailures(gathering);
    this.#logClashes(gathering);
    return new Scrape(this.#registry, gathering);
  }

  #logFailures({ outcomes }: Gathering): void {
    for (const { collector = "", failure, duration } of outcomes) {
      const key = `collector ${collector}`;
      if (failure === undefined) {
        this.#log.recovered(key, "collector recovered", { collector });
        continue;
      }
      // A field that is undefined would be left out.
      const error = failure.error === undefined ? "undefined" : failure.error;
      this.#log.failed("warn", key, error, "collector failed", { collector, duration, error });
    }
  }

  #logClashes({ clashes }: Gathering): void {
    for (const { collector = "", kind, what, samples } of clashes) {
      const message = kind === "duplicate" ? "duplicate samples left out" : "family left out";
      const fields = { collector, what, samples };
      this.#log.failed("warn", `${kind} ${collector}`, what, message, fields);
    }
  }
}
