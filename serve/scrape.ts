/**
 * One scrape, shared between the requests that ask for the same.
 *
 * @module
 */

import type { Collected, Gathering } from "../collect/gather.ts";
import { contentType, type FormatVariant } from "../encode/format.ts";
import type { Encoding, Exposition } from "../exposition.ts";
import { settlesWithin } from "../model/deadline.ts";
import type { Gate } from "./gate.ts";

/** The steps of a scrape. */
export interface ScrapeSteps {
  /** Runs collectors until the deadline, or until the signal aborts, as if the deadline had passed. */
  collect(signal: AbortSignal): Promise<Collected>;
  /** Merges what was collected. Rejects with the reason of the signal when it aborts. */
  merge(collected: Collected, signal: AbortSignal): Promise<Gathering>;
  /** Encodes what was merged. */
  write(
    gathering: Gathering,
    options: { readonly variant: FormatVariant; readonly encoding: Encoding },
  ): Promise<Exposition>;
  /** Bounds how many scrapes with a filter are merged and encoded at the same time: these create every sample anew. */
  readonly gate: Gate;
}

/** A scrape: collected once, merged once, and encoded once per format and content coding. */
export class Scrape {
  readonly #steps: ScrapeSteps;
  readonly #collecting: Promise<Collected>;
  readonly #expositions = new Map<string, Promise<Exposition>>();
  readonly #abort = new AbortController();
  readonly #stop = new AbortController();
  #users = 0;
  #merging: Promise<Gathering> | undefined;
  #gathering: Gathering | undefined;

  /** Begins to collect. */
  constructor(steps: ScrapeSteps) {
    this.#steps = steps;
    this.#collecting = steps.collect(this.#stop.signal);
  }

  /** The number of samples; 0 before {@linkcode Scrape.expose} has resolved. */
  get samples(): number {
    return this.#gathering?.samples ?? 0;
  }

  /** If a filter matched nothing: its first label that no sample has together with those before it. */
  get unmatched(): Gathering["unmatched"] {
    return this.#gathering?.unmatched;
  }

  /** Whether others can still join it: nobody has the result yet, and somebody wants it. */
  get isPending(): boolean {
    return this.#gathering === undefined && !this.#abort.signal.aborted;
  }

  /** Ends collecting, as if the deadline had passed. */
  stop(): void {
    this.#stop.abort();
  }

  /** Returns whether everything has been collected, after waiting for that so many seconds. Rejects if collecting fails. */
  async isCollectedWithin(seconds: number, signal?: AbortSignal): Promise<boolean> {
    const isCollected = await settlesWithin(this.#collecting, seconds, signal);
    if (isCollected) await this.#collecting;
    return isCollected;
  }

  /**
   * Calls a function that uses the scrape. The work stops when all that use it have gone.
   *
   * @param gone Aborts when the caller needs the result no more.
   * @throws The reason of `gone`, if it has aborted already.
   */
  async use<T>(gone: AbortSignal | undefined, using: () => Promise<T>): Promise<T> {
    gone?.throwIfAborted();
    this.#users++;
    const leave = () => {
      if (--this.#users > 0) return;
      this.#abort.abort(gone?.reason);
      this.stop();
    };
    gone?.addEventListener("abort", leave, { once: true });
    try {
      return await using();
    } finally {
      gone?.removeEventListener("abort", leave);
      if (!gone?.aborted) this.#users--;
    }
  }

  /** What was merged; undefined before {@linkcode Scrape.gather} or {@linkcode Scrape.expose} has resolved. */
  get gathering(): Gathering | undefined {
    return this.#gathering;
  }

  /** Returns what was collected and merged, without encoding it. */
  async gather(): Promise<Gathering> {
    const collected = await this.#collecting;
    this.#merging ??= this.#steps.merge(collected, this.#abort.signal);
    return this.#gathering = await this.#merging;
  }

  /** Returns an exposition in a format and a content coding. Each caller must dispose of its own. */
  async expose(variant: FormatVariant, encoding: Encoding): Promise<Exposition> {
    const collected = await this.#collecting;
    const key = `${contentType(variant)} ${encoding}`;
    const shared = this.#expositions.get(key);
    if (shared !== undefined) {
      const exposition = await shared;
      if (!exposition.isDisposed) return exposition.share();
    }
    const own = isFiltered(collected)
      ? this.#steps.gate.run(
        () => this.#write(variant, encoding),
        this.#abort.signal,
      )
      : this.#write(variant, encoding);
    this.#expositions.set(key, own);
    return own;
  }

  async #write(
    variant: FormatVariant,
    encoding: Encoding,
  ): Promise<Exposition> {
    return this.#steps.write(await this.gather(), { variant, encoding });
  }
}

function isFiltered({ filter: { labels, names } }: Collected): boolean {
  return labels.size > 0 || names.size > 0;
}
