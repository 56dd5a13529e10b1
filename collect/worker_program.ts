/**
 * What runs in the worker of a collector.
 *
 * @module
 */

import type { Collect, CollectContext } from "../collector.ts";
import { MetricFamily } from "../family.ts";
import { Labels } from "../labels.ts";
import { Metric } from "../metric.ts";
import { describe } from "../model/describe.ts";
import { yieldToEventLoop } from "../model/event_loop.ts";
import type { Logger } from "../model/logger.ts";
import { packError, unpackError } from "./packed_error.ts";
import { buffersOf, Packer } from "./packed_samples.ts";
import { watchScope } from "./scope.ts";
import {
  type FromWorker,
  GRACE,
  MAX_RECORDS,
  MAX_UNREAD,
  type ToWorker,
} from "./worker_messages.ts";

/** The address of this module, for the worker that imports it. */
export const PROGRAM: string = import.meta.url;

/** Milliseconds that an item of a slow generator waits for others to be sent with. */
const MAX_DELAY = 20;

type Post = (message: FromWorker, transfer?: Transferable[]) => void;

/** Calls a function, and interrupts it after this many milliseconds. */
type CallWithin = <T>(milliseconds: number, call: () => T) => T;

/** Runs the collector of a module whenever the other end of the port asks for it. */
export async function serveCollector(
  port: MessagePort,
  load: () => Promise<object>,
): Promise<void> {
  const post: Post = (message, transfer = []) => port.postMessage(message, transfer);
  try {
    const callWithin = await loadCallWithin();
    const collect = collectorOf(await load());
    const runs = new Map<number, WorkerRun>();
    port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      if (data.type === "run") {
        const run = new WorkerRun(data, post, callWithin);
        runs.set(data.run, run);
        run.collect(collect).finally(() => runs.delete(data.run));
      } else if (data.type === "abort") {
        runs.get(data.run)?.abort(unpackError(data.reason));
      } else {
        runs.get(data.run)?.acknowledge();
      }
    };
    post({ type: "ready" });
  } catch (error) {
    post({ type: "broken", error: packError(error) });
  }
}

function collectorOf(module: object): Collect {
  const { collect, default: main } = module as Record<string, unknown>;
  const found = collect ?? main;
  if (typeof found === "function") return found as Collect;
  throw new TypeError(
    `Cannot use module as collector: expected it to export a function collect, got ${
      describe(found)
    }`,
  );
}

/** `node:vm` is the only way to interrupt code that does not return. */
async function loadCallWithin(): Promise<CallWithin> {
  const { Script } = await import("node:vm");
  const name = Symbol.for("@exporter/prometheus/call");
  const script = new Script(`globalThis[Symbol.for(${JSON.stringify(name.description)})]()`);
  const place = globalThis as unknown as Record<symbol, () => unknown>;
  return <T>(milliseconds: number, call: () => T) => {
    place[name] = call;
    return script.runInThisContext({
      displayErrors: false,
      timeout: Math.max(1, Math.ceil(milliseconds)),
    }) as T;
  };
}

class WorkerRun {
  readonly #id: number;
  readonly #deadline: Date;
  readonly #filter: Labels;
  readonly #post: Post;
  readonly #callWithin: CallWithin;
  readonly #controller = new AbortController();
  readonly #packer = new Packer();
  #unread = 0;
  #records = 0;
  #isScoped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onRead: () => void = () => {};

  constructor(
    { run, deadline, filter }: ToWorker & { type: "run" },
    post: Post,
    callWithin: CallWithin,
  ) {
    this.#id = run;
    this.#deadline = new Date(deadline);
    this.#filter = new Labels(filter, { utf8Names: true });
    this.#post = post;
    this.#callWithin = callWithin;
  }

  /** Aborts the signal, and posts what there is. */
  abort(reason: unknown): void {
    this.#sendRest();
    this.#controller.abort(reason);
  }

  acknowledge(): void {
    this.#unread--;
    this.#onRead();
  }

  /** Runs the collector, and posts what it returns. Never rejects. */
  async collect(collect: Collect): Promise<void> {
    const context: CollectContext = watchScope({
      signal: this.#controller.signal,
      deadline: this.#deadline,
      filter: this.#filter,
      logger: this.#logger(),
    }, () => this.#postScoped());
    const run = this.#id;
    let end: FromWorker = { type: "end", run };
    try {
      await this.#drain(await this.#call(() => collect(context)));
    } catch (error) {
      end = isInterruption(error)
        ? { type: "end", run, error: packError(blocked()), wasInterrupted: true }
        : { type: "end", run, error: packError(error) };
    }
    this.#sendRest();
    this.#post(end);
  }

  #call<T>(call: () => T): T {
    const left = this.#deadline.getTime() - Date.now() + GRACE * 500;
    return this.#callWithin(left, call);
  }

  async #drain(result: unknown): Promise<void> {
    const source = typeof result === "object" && result !== null ? result : {};
    if (Symbol.asyncIterator in source) {
      const items = (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      while (true) {
        const { done, value } = await this.#call(() => items.next());
        if (done) return;
        for (const _ of this.#add(value)) await this.#flush();
        this.#timer ??= setTimeout(() => this.#sendRest(), MAX_DELAY);
      }
    }
    if (!(Symbol.iterator in source)) {
      throw new TypeError(
        `Cannot use the result of the collector: expected an iterable of metrics, got ${
          describe(result)
        }`,
      );
    }
    const batches = this.#batches(source as Iterable<unknown>);
    while (!this.#call(() => batches.next()).done) await this.#flush();
  }

  /** Packs items, and stops when there is enough for a batch. */
  *#batches(items: Iterable<unknown>): Generator<void> {
    for (const item of items) yield* this.#add(item);
  }

  *#add(item: unknown): Generator<void> {
    if (item instanceof Metric) {
      this.#packer.addMetric(item);
      if (this.#packer.isFull) yield;
    } else if (item instanceof MetricFamily) {
      yield* this.#packer.addFamily(item);
    } else {
      throw new TypeError(
        `Cannot use the result of the collector: expected a Metric or a MetricFamily, got ${
          item instanceof Promise ? "a promise: is an await missing" : describe(item)
        }`,
      );
    }
  }

  async #flush(): Promise<void> {
    this.#send();
    await yieldToEventLoop();
    while (this.#unread >= MAX_UNREAD) {
      await new Promise<void>((resolve) => this.#onRead = resolve);
    }
  }

  #sendRest(): void {
    if (!this.#packer.isEmpty) this.#send();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#packer.take();
    this.#unread++;
    this.#post({ type: "samples", run: this.#id, batch }, buffersOf(batch));
  }

  /** The message is ahead of all samples that the collector returns afterwards. */
  #postScoped(): void {
    if (this.#isScoped) return;
    this.#isScoped = true;
    this.#post({ type: "scoped", run: this.#id });
  }

  #logger(): Logger {
    const log = (level: keyof Logger): Logger["info"] => (message, fields) => {
      const record = { type: "log", run: this.#id, level } as const;
      if (++this.#records >= MAX_RECORDS) {
        if (this.#records > MAX_RECORDS) return;
        this.#post({
          ...record,
          message: "further records of this run dropped",
          fields: undefined,
        });
        return;
      }
      this.#post({ ...record, message: String(message), fields: fields && plainFields(fields) });
    };
    return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  }
}

/** Returns fields that can be posted: errors are packed, other objects described. */
function plainFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (value instanceof Error) return [name, { error: packError(value) }];
      const isPlain = value === null || !["object", "function", "symbol"].includes(typeof value);
      return [name, isPlain ? value : describe(value)];
    }),
  );
}

function isInterruption(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

function blocked(): DOMException {
  return new DOMException("The collector blocked its worker beyond the deadline", "TimeoutError");
}
