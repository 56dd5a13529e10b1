/**
 * Sending the samples of a registry to a receiver, in the order in which they were gathered.
 *
 * @module
 */

import { settlesWithin } from "../model/deadline.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { Registry } from "../registry.ts";
import { BlockFamily } from "../series/block_family.ts";
import type { ResolvedRemoteWrite } from "./remote_write_options.ts";
import { WriteEndpoint } from "./write_endpoint.ts";
import { WriteMetrics } from "./write_metrics.ts";
import { WriteQueue } from "./write_queue.ts";
import { seriesOf, type WriteSeries } from "./write_series.ts";

/** Milliseconds before the second attempt, which double with each further one, up to a maximum. */
const FIRST_PAUSE = 30;
const MAX_PAUSE = 5_000;

/** The longest pause that a receiver can ask for, in milliseconds. */
const MAX_RETRY_AFTER = 300_000;

/** Milliseconds after which series that have not changed are sent again: Prometheus forgets them after five minutes. */
const MAX_UNCHANGED = 120_000;

/** What a series was when it was last queued. */
interface Last {
  readonly series: WriteSeries;
  /** Whether the timestamp is its own, not that of a gathering. */
  readonly isTimed: boolean;
}

/** Gathers a registry at intervals and on demand, and sends what it has. */
export class RemoteWriter implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #options: ResolvedRemoteWrite;
  readonly #endpoint: WriteEndpoint;
  readonly #metrics: WriteMetrics;
  readonly #queue: WriteQueue;
  readonly #end = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  /** By the labels. */
  #last = new Map<string, Last>();
  #time = 0;
  #gathering: Promise<void> = Promise.resolve();
  #sending: Promise<void> | undefined;
  #disposal: Promise<void> | undefined;

  /** Starts. The metrics about it are registered in the same registry until it ends. */
  constructor(registry: Registry, options: ResolvedRemoteWrite) {
    this.#registry = registry;
    this.#options = options;
    this.#endpoint = new WriteEndpoint(options);
    this.#metrics = new WriteMetrics(options.url);
    this.#queue = new WriteQueue(options.maxQueueBytes);
    registry.register(this.#metrics.registry);
    this.#timer = setInterval(() => {
      this.#gather().catch(() => {});
    }, options.interval * 1000);
  }

  /** Gathers now. Resolves when everything that is queued has been accepted, refused or dropped. */
  async flush(): Promise<void> {
    await this.#gather();
    await this.#sending;
  }

  /** Sends a last time, for a limited time, and ends. What is left then is dropped. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    clearInterval(this.#timer);
    const last = this.flush().then(async () => {
      if (!this.#options.staleAtEnd) return;
      this.#enqueue(this.#markers([...this.#last.values()]));
      await this.#sending;
    });
    await settlesWithin(last, this.#options.shutdownTimeout);
    this.#end.abort();
    await this.#sending;
    this.#registry.unregister(this.#metrics.registry);
    await last;
  }

  /** Gatherings do not overlap, so that timestamps increase. */
  #gather(): Promise<void> {
    const next = this.#gathering.then(() => this.#gatherOnce());
    this.#gathering = next.catch(() => {});
    return next;
  }

  async #gatherOnce(): Promise<void> {
    const { families } = await this.#registry.gather();
    this.#time = Math.max(Date.now(), this.#time + 1);
    const last = new Map<string, Last>();
    const changed: WriteSeries[] = [];
    for (const family of families) {
      const { name, type, help, unit } = family;
      const samples = family instanceof BlockFamily ? await family.snapshot() : family.samples;
      const read = { name, type, help, unit, samples };
      for (const series of seriesOf(read, this.#options.externalLabels, this.#time)) {
        if (shouldYield()) await yieldToEventLoop();
        const key = JSON.stringify(series.labels);
        const before = this.#last.get(key);
        const isTimed = series.timestamp !== this.#time;
        const isNew = before === undefined || this.#isDue(series, before, isTimed);
        if (isNew) changed.push(series);
        last.set(key, isNew ? { series, isTimed } : before);
      }
    }
    const gone = [...this.#last].filter(([key]) => !last.has(key)).map(([, last]) => last);
    this.#last = last;
    this.#enqueue([...changed, ...this.#markers(gone)]);
  }

  /** Never lets a sample pass whose series has one of the same timestamp already. */
  #isDue(series: WriteSeries, { series: before }: Last, isTimed: boolean): boolean {
    if (isTimed) return series.timestamp > before.timestamp;
    if (!this.#options.onlyChanged) return true;
    return series.timestamp - before.timestamp >= MAX_UNCHANGED ||
      !haveSameValue(series.value, before.value);
  }

  /** Returns staleness markers. Series with timestamps of their own get none, as in scrapes. */
  #markers(gone: readonly Last[]): WriteSeries[] {
    this.#time = Math.max(Date.now(), this.#time + 1);
    return gone.filter(({ isTimed }) => !isTimed).map(({ series }) => ({
      ...series,
      value: undefined,
      timestamp: this.#time,
      exemplars: [],
    }));
  }

  #enqueue(series: readonly WriteSeries[]): void {
    this.#metrics.dropped.inc(this.#queue.add(series));
    this.#metrics.queued.set(this.#queue.length);
    this.#sending ??= this.#send().finally(() => this.#sending = undefined);
  }

  async #send(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.take(this.#options.maxSamplesPerRequest);
      await this.#sendBatch(batch);
      this.#metrics.queued.set(this.#queue.length);
    }
  }

  async #sendBatch(batch: readonly WriteSeries[]): Promise<void> {
    const { sent, failed, retried, dropped, lastSuccess } = this.#metrics;
    for (let attempt = 0; !this.#end.signal.aborted; attempt++) {
      if (attempt > 0) retried.inc(batch.length);
      const outcome = await this.#endpoint.send(batch, this.#end.signal);
      if (outcome.kind === "sent") {
        sent.inc(batch.length);
        lastSuccess.setToCurrentTime();
        return;
      }
      if (outcome.kind === "refused") {
        failed.inc(batch.length);
        return;
      }
      const backOff = Math.min(FIRST_PAUSE * 2 ** attempt, MAX_PAUSE) * (0.5 + Math.random() / 2);
      const pause = Math.min(outcome.retryAfter ?? backOff, MAX_RETRY_AFTER);
      await settlesWithin(new Promise(() => {}), pause / 1000, this.#end.signal);
    }
    dropped.inc(batch.length);
  }
}

/** Compares native histograms by count and sum, which every observation changes. */
function haveSameValue(a: WriteSeries["value"], b: WriteSeries["value"]): boolean {
  if (typeof a !== "object" || typeof b !== "object") return Object.is(a, b);
  return a.count === b.count && Object.is(a.sum, b.sum);
}
