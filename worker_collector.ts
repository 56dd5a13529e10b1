/**
 * Collectors that run in a worker.
 *
 * @module
 */

import { assertPermitted, checkPermissions } from "./collect/permissions.ts";
import type { PackedSamples } from "./collect/packed_samples.ts";
import { unreadFilter } from "./collect/scope.ts";
import { GRACE } from "./collect/worker_messages.ts";
import type { ThreadRun, WorkerThread } from "./collect/worker_thread.ts";
import type { CollectContext, PermissionSet } from "./collector.ts";
import type { MetricFamily } from "./family.ts";
import { describe } from "./model/describe.ts";
import { settlesWithin } from "./model/deadline.ts";
import { checkNames, checkOption } from "./model/options.ts";

/** Options of {@linkcode WorkerCollector}. */
export interface WorkerCollectorOptions {
  /** The module: an absolute URL, as in `new URL("./disk.ts", import.meta.url)`. */
  worker: URL | string;
  /**
   * What the module may do. It can be no more than what the program may, and what is not named is not permitted. This needs Deno
   * with `--unstable-worker-options`. Without that flag Deno ends the program, with status 70, when the collector is created.
   *
   * @default whatever the program may
   */
  permissions?: PermissionSet;
  /**
   * The maximum size of the heap, in bytes. A worker that exceeds it is ended. Memory outside the heap, such as that of buffers, does
   * not count. Deno has no such limit for a worker with `permissions`, where exceeding V8's own ends the program.
   *
   * @default {268_435_456}
   */
  maxHeapBytes?: number;
  /**
   * The clock for the time between attempts to start a worker that fails, in seconds since any point in time.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
}

const OPTIONS: readonly (keyof WorkerCollectorOptions)[] = [
  "worker",
  "permissions",
  "maxHeapBytes",
  "now",
];

const DEFAULT_MAX_HEAP = 256 * 1024 * 1024;
/** The smallest heap in which V8 starts reliably. */
const MIN_HEAP = 16 * 1024 * 1024;

/** Seconds until a worker that failed to start is started again; twice as long after each further failure. */
const MIN_BACK_OFF = 1;
const MAX_BACK_OFF = 60;

/** Seconds that the start of a program waits for a worker. */
const MAX_START = 2;

/** Seconds until a module has to be loaded. */
const MAX_LOADING = 10;

/** How many threads may be left behind that did not react when they were ended. */
const MAX_LOST = 3;

/**
 * A collector whose code runs in a worker: it cannot block the program, not even with an endless loop.
 *
 * The module exports a function `collect`, or a function as default, with the contract of {@linkcode Collect} without `request`. The
 * worker starts with the first scrape and is kept for the next ones. If it does not answer within a quarter of a second after the
 * deadline, it is ended, and the next scrape starts a new one.
 *
 * ```ts
 * import { Registry, WorkerCollector } from "@exporter/prometheus";
 *
 * const module = `export function collect() {
 *   while (true) {}
 * }`;
 * const registry = new Registry();
 * using collector = registry.register(
 *   new WorkerCollector({ worker: `data:text/javascript,${encodeURIComponent(module)}` }),
 *   { name: "disk", timeout: 0.2 },
 * );
 * console.log((await registry.expose()).text().includes('exporter_collector_success{collector="disk"} 0'));
 * ```
 */
export class WorkerCollector implements Disposable {
  readonly #module: string;
  readonly #permissions: PermissionSet | undefined;
  readonly #maxHeapBytes: number;
  readonly #now: () => number;
  #starting: Promise<WorkerThread> | undefined;
  #thread: WorkerThread | undefined;
  #startedAt = 0;
  #failures = 0;
  #failure: unknown;
  #retryAt = -Infinity;
  /** Threads that have not ended yet. */
  readonly #threads = new Set<WorkerThread>();
  #isDisposed = false;

  /**
   * Creates a collector. Its worker is not started yet.
   *
   * @throws {TypeError} If an option has the wrong type, or is unknown, or the module is not an absolute URL.
   * @throws {RangeError} If an option has an invalid value, or both `permissions` and `maxHeapBytes` are given.
   */
  constructor(options: WorkerCollectorOptions) {
    const action = "Cannot create worker collector";
    checkNames(action, options, OPTIONS);
    const { worker, permissions, maxHeapBytes } = options;
    const module = worker instanceof URL || typeof worker === "string" ? URL.parse(worker) : null;
    if (module === null) {
      throw new TypeError(
        `${action}: expected worker to be an absolute URL such as new URL("./disk.ts", import.meta.url), got ${
          describe(worker)
        }`,
      );
    }
    const bytes = ["maxHeapBytes", maxHeapBytes] as [string, number | undefined];
    checkOption(action, bytes, "number", `${MIN_HEAP} or more`, (value) => value >= MIN_HEAP);
    if (permissions !== undefined && maxHeapBytes !== undefined) {
      throw new RangeError(`${action}: a worker with permissions cannot have maxHeapBytes`);
    }
    checkPermissions(action, permissions);
    if (permissions !== undefined) assertPermissionsAvailable();
    this.#module = module.href;
    this.#permissions = permissions;
    this.#maxHeapBytes = maxHeapBytes ?? DEFAULT_MAX_HEAP;
    this.#now = options.now ?? (() => performance.now() / 1000);
  }

  /**
   * Starts the worker, so that the first scrape need not wait for it. Resolves when it is ready or has failed, after two seconds at
   * the latest. Never rejects: it is scrapes that fail.
   */
  async start(): Promise<void> {
    const ready = async () => (await this.#start()).ready;
    await settlesWithin(ready(), MAX_START);
  }

  /** Runs the collector of the module in the worker. */
  async *collect(context: CollectContext): AsyncGenerator<MetricFamily> {
    const { signal, deadline, logger } = context;
    const { filter, onRead } = unreadFilter(context);
    const watch = new Watch(signal);
    let run: ThreadRun | undefined;
    let thread: WorkerThread | undefined;
    try {
      thread = await watch.within(this.#start());
      await watch.within(thread.ready);
      run = thread.run({
        deadline: deadline.getTime(),
        filter: [...filter],
        onScoped: onRead,
        logger,
      });
      watch.onAbort = (reason) => run?.abort(reason);
      while (true) {
        const batch = await watch.within(run.next());
        if (batch === undefined) return;
        yield* await this.#unpack(batch, thread);
      }
    } finally {
      watch.end();
      if (thread && run && !run.hasEnded) {
        thread.end(new Error("The worker was ended because nobody waits for its answer any more"));
      }
    }
  }

  /** Ends the worker. Later scrapes fail. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#thread?.end(new Error("The worker was ended"));
  }

  async #unpack(batch: PackedSamples, thread: WorkerThread): Promise<MetricFamily[]> {
    try {
      const { unpackFamilies } = await import("./collect/packed_samples.ts");
      return unpackFamilies(batch);
    } catch (error) {
      thread.end(error as Error);
      throw error;
    }
  }

  /** Returns the worker that runs, or starts one. */
  #start(): Promise<WorkerThread> {
    if (this.#isDisposed) throw new Error("Cannot run collector: its worker was ended");
    this.#endOverdueStart();
    if (this.#starting && this.#thread?.failure === undefined) return this.#starting;
    if (this.#threads.size >= MAX_LOST) {
      throw new Error(
        `Cannot start worker: ${this.#threads.size} earlier ones did not react when they were ended, and may loop until the program ends`,
      );
    }
    const left = this.#retryAt - this.#now();
    if (left > 0) {
      throw new Error(`Cannot start worker: it failed, next attempt in ${Math.ceil(left)} s`, {
        cause: this.#failure,
      });
    }
    this.#startedAt = this.#now();
    return this.#starting = this.#startThread();
  }

  async #startThread(): Promise<WorkerThread> {
    this.#thread = undefined;
    try {
      if (this.#permissions !== undefined) await assertPermitted(this.#permissions);
      const { WorkerThread } = await import("./collect/worker_thread.ts");
      const thread = await WorkerThread.start({
        module: this.#module,
        permissions: this.#permissions,
        maxHeapBytes: this.#maxHeapBytes,
      });
      this.#thread = thread;
      this.#threads.add(thread);
      void thread.gone.then(() => this.#threads.delete(thread));
      if (this.#isDisposed) this[Symbol.dispose]();
      thread.ready.then(() => this.#failures = 0, (error) => this.#backOff(error));
      return thread;
    } catch (error) {
      this.#starting = undefined;
      this.#backOff(error);
      throw error;
    }
  }

  /** Loading goes on while scrapes time out, so that a short timeout does not keep the worker from ever being ready. */
  #endOverdueStart(): void {
    const thread = this.#thread;
    if (!thread || thread.isReady || thread.failure) return;
    if (this.#now() - this.#startedAt < MAX_LOADING) return;
    thread.end(
      new Error(`The worker was ended because its module did not load in ${MAX_LOADING} s`),
    );
  }

  #backOff(error: unknown): void {
    const seconds = Math.min(MIN_BACK_OFF * 2 ** this.#failures, MAX_BACK_OFF);
    this.#failures++;
    this.#failure = error;
    this.#retryAt = this.#now() + seconds;
  }
}

/** Waits for a worker until a short time after a signal. */
class Watch {
  readonly #signal: AbortSignal;
  readonly #over: PromiseWithResolvers<never> = Promise.withResolvers();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What to do when the signal aborts. */
  onAbort: (reason: unknown) => void = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#over.promise.catch(() => {});
    signal.addEventListener("abort", this.#abort);
    if (signal.aborted) this.#abort();
  }

  /** Waits for a promise. Rejects when the time is over. */
  within<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#over.promise]);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => {
    this.onAbort(this.#signal.reason);
    this.#timer = setTimeout(() => {
      this.#over.reject(
        new DOMException("The worker did not answer at the deadline", "TimeoutError"),
      );
    }, GRACE * 1000);
  };
}

/** Without the flag, Deno ends the program. Better now, when it starts, than during a scrape. */
function assertPermissionsAvailable(): void {
  const options = { type: "module", deno: { permissions: "none" } };
  new Worker("data:text/javascript,", options as WorkerOptions).terminate();
}
