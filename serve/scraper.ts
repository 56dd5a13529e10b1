/**
 * Scrapes of a registry, shared between identical concurrent requests.
 *
 * @module
 */

import { contentType, type FormatVariant } from "../encode/format.ts";
import type { Encoding, Exposition } from "../exposition.ts";
import { settlesWithin } from "../model/deadline.ts";
import type { Registry } from "../registry.ts";
import type { Gathering, GatherOptions } from "../registry_options.ts";
import type { ThrottledLog } from "./log_throttle.ts";

/** The result of one scrape, encoded at most once per format and content coding. */
export class Scrape {
  readonly #registry: Registry;
  readonly #gathering: Gathering;
  readonly #expositions = new Map<string, Promise<Exposition>>();

  /** Creates a scrape from gathered families. */
  constructor(registry: Registry, gathering: Gathering) {
    this.#registry = registry;
    this.#gathering = gathering;
  }

  /** The number of samples. */
  get samples(): number {
    return this.#gathering.samples;
  }

  /** If a filter matched nothing: its first label that no sample has together with those before it. */
  get unmatched(): Gathering["unmatched"] {
    return this.#gathering.unmatched;
  }

  /** Returns an exposition in a format and a content coding. Each caller must dispose of its own. */
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

/** Scrapes a registry, and logs the failures of collectors. */
export class Scraper {
  readonly #registry: Registry;
  readonly #log: ThrottledLog;
  readonly #inFlight = new Map<string, Promise<Scrape>>();
  /** Ends all scrapes, as if their deadline had passed. */
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failed: readonly (string | undefined)[] = [];

  /** Creates a scraper. */
  constructor(registry: Registry, log: ThrottledLog) {
    this.#registry = registry;
    this.#log = log;
  }

  /** The names of the collectors that failed in the last scrape; undefined for one without a name. */
  get failed(): readonly (string | undefined)[] {
    return this.#failed;
  }

  /** Joins the scrape in flight with the same key, or begins one. */
  share(key: string, begin: () => GatherOptions): Promise<Scrape> {
    let scrape = this.#inFlight.get(key);
    if (scrape === undefined) {
      scrape = this.scrape(begin()).finally(() => this.#inFlight.delete(key));
      this.#inFlight.set(key, scrape);
    }
    return scrape;
  }

  /** Ends all scrapes after some seconds: they return what has been collected by then. */
  abortIn(seconds: number): void {
    this.#timer = setTimeout(() => this.#abort.abort(), seconds * 1000);
  }

  /** Waits for the scrapes in flight, at most the given number of seconds, and ends those that remain. */
  async close(seconds: number): Promise<void> {
    await settlesWithin(Promise.allSettled(this.#inFlight.values()), seconds);
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  /** Scrapes the registry, and logs failures. */
  async scrape(options: GatherOptions): Promise<Scrape> {
    const { signal } = this.#abort;
    const gathering = await this.#registry.gather({ ...options, signal });
    this.#failed = gathering.outcomes
      .filter(({ failure }) => failure !== undefined)
      .map(({ collector }) => collector);
    this.#logFailures(gathering);
    this.#logClashes(gathering);
    return new Scrape(this.#registry, gathering);
  }

  #logFailures({ outcomes }: Gathering): void {
    for (const { collector = "", failure, duration } of outcomes) {
      const key = `collector ${collector}`;
      if (failure === undefined) {
        this.#log.logRecovery(key, "collector recovered", { collector });
        continue;
      }
      // The logger omits fields that are undefined.
      const error = failure.error === undefined ? "undefined" : failure.error;
      this.#log.logFailure("warn", key, error, "collector failed", { collector, duration, error });
    }
  }

  #logClashes({ clashes }: Gathering): void {
    for (const { collector = "", kind, what, samples } of clashes) {
      const message = kind === "duplicate" ? "duplicate samples left out" : "family left out";
      const fields = { collector, what, samples };
      this.#log.logFailure("warn", `${kind} ${collector}`, what, message, fields);
    }
  }
}
