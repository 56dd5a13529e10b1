/**
 * A worker from the outside: its start, its runs and its end.
 *
 * @module
 */

import type { Worker, WorkerOptions } from "node:worker_threads";
import type { PermissionSet } from "../collector.ts";
import type { Logger } from "../model/logger.ts";
import { describe } from "../model/describe.ts";
import { packError, unpackError } from "./packed_error.ts";
import type { PackedSamples } from "./packed_samples.ts";
import { type FromWorker, MAX_RECORDS, MAX_UNREAD, type ToWorker } from "./worker_messages.ts";
import { PROGRAM } from "./worker_program.ts";

/** What a worker is made of. */
export interface WorkerSource {
  /** The URL of the module. */
  readonly module: string;
  /** What it may do; undefined: whatever the program may. */
  readonly permissions: PermissionSet | undefined;
  /** The maximum size of its heap, in bytes. It holds only without `permissions`. */
  readonly maxHeapBytes: number;
}

/** What a run is for. */
export interface RunRequest {
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  /** The labels that are asked for. */
  readonly filter: readonly (readonly [name: string, value: string])[];
  /** Called when the collector looks at the filter. */
  readonly onScoped: () => void;
  /** Logs for the collector. */
  readonly logger: Logger;
}

/** A port as Node and Deno have it. It does not keep the process alive once it is not referenced. */
type Port = MessagePort & { unref?: () => void };

const LEVELS: readonly unknown[] = ["debug", "info", "warn", "error"] satisfies (keyof Logger)[];

/**
 * Starts workers. Where a worker has permissions of its own, a second one around it is what the program sees: only workers of
 * `node:worker_threads` do not keep the process alive, and only those of the Web have permissions.
 */
export class WorkerThread {
  /** Resolves when the module was loaded, rejects when it cannot be or the worker has ended before. */
  readonly ready: Promise<void>;
  /** Resolves when its thread has ended. Deno 2.9 does not stop one that is in an endless loop. */
  readonly gone: Promise<void>;
  readonly #worker: Worker;
  readonly #port: Port;
  readonly #runs = new Map<number, ThreadRun>();
  readonly #started: PromiseWithResolvers<void> = Promise.withResolvers();
  #failure: Error | undefined;
  #isReady = false;
  #lastRun = 0;

  private constructor(worker: Worker, port: Port, lifeline: Port) {
    this.#worker = worker;
    this.#port = port;
    this.ready = this.#started.promise;
    this.ready.catch(() => {});
    port.onmessage = ({ data }) => this.#receive(data);
    port.unref?.();
    worker.unref();
    this.gone = new Promise((resolve) => lifeline.addEventListener("close", () => resolve()));
    lifeline.onmessage = () => this.#forbid("it posted a message of its own");
    lifeline.unref?.();
    void this.gone.then(() => this.#die(new Error("The worker ended by itself")));
    worker.on("error", (error: Error) => this.#die(unpackError(packError(error)) as Error));
    worker.on("message", () => this.#forbid("it posted a message of its own"));
  }

  /**
   * Starts a worker.
   *
   * @throws {Error} If it cannot be started.
   */
  static async start(source: WorkerSource): Promise<WorkerThread> {
    const { SHARE_ENV, Worker } = await import("node:worker_threads");
    const [ports, lifeline] = [new MessageChannel(), new MessageChannel()];
    const { module, permissions, maxHeapBytes } = source;
    const isRestricted = permissions !== undefined;
    const program = dataUrl(isRestricted ? restrictedProgram(module) : plainProgram(module));
    const worker = new Worker(new URL(isRestricted ? dataUrl(OUTER_PROGRAM) : program), {
      // Otherwise all variables are copied, for which Deno asks at a terminal. Its types do not know that this is that symbol.
      env: SHARE_ENV as NonNullable<WorkerOptions["env"]>,
      workerData: {
        port: ports.port2,
        lifeline: lifeline.port2,
        ...(isRestricted && { program, permissions: workerPermissions(permissions) }),
      },
      // deno-lint-ignore no-explicit-any -- the types of Node have a class of their own for ports
      transferList: [ports.port2, lifeline.port2] as any[],
      ...(!isRestricted && {
        resourceLimits: { maxOldGenerationSizeMb: Math.ceil(maxHeapBytes / 2 ** 20) },
      }),
    });
    return new WorkerThread(worker, ports.port1, lifeline.port1);
  }

  /** Whether the module has been loaded. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Why it has ended; undefined while it runs. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Starts a run of the collector. */
  run(request: RunRequest): ThreadRun {
    const id = ++this.#lastRun;
    const { deadline, filter } = request;
    const run = new ThreadRun(id, request, (message) => this.#post(message), () => {
      this.#runs.delete(id);
    });
    if (this.#failure) run.fail(this.#failure);
    else {
      this.#runs.set(id, run);
      this.#post({ type: "run", run: id, deadline, filter });
    }
    return run;
  }

  /** Ends the worker, and fails its runs. */
  end(reason: Error): void {
    this.#die(reason);
  }

  #post(message: ToWorker): void {
    if (this.#failure === undefined) this.#port.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (this.#failure) return;
    try {
      this.#dispatch(message);
    } catch {
      this.#forbid("it sent something that cannot be read");
    }
  }

  #dispatch(message: FromWorker): void {
    if (message.type === "ready") {
      this.#isReady = true;
      return this.#started.resolve();
    }
    if (message.type === "broken") return this.#die(unpackError(message.error) as Error);
    const run = this.#runs.get(message.run);
    if (run === undefined) return this.#forbid("it sent something for no run");
    const problem = run.receive(message);
    if (problem !== undefined) return this.#forbid(problem);
    if (message.type === "end" && message.wasInterrupted) {
      this.#die(new Error("The worker was ended after its collector had been interrupted"));
    }
  }

  #forbid(problem: string): void {
    this.#die(new TypeError(`The worker was ended because ${problem}`));
  }

  #die(reason: unknown): void {
    if (this.#failure) return;
    this.#failure = reason instanceof Error ? reason : new Error(`Worker failed: ${reason}`);
    this.#port.onmessage = null;
    this.#port.close();
    void this.#worker.terminate();
    this.#started.reject(this.#failure);
    for (const run of this.#runs.values()) run.fail(this.#failure);
    this.#runs.clear();
  }
}

/** One run of a collector in a worker. Its batches are read with `next()`. */
export class ThreadRun {
  readonly #id: number;
  readonly #logger: Logger;
  readonly #onScoped: () => void;
  readonly #post: (message: ToWorker) => void;
  readonly #onEnd: () => void;
  readonly #batches: PackedSamples[] = [];
  #records = 0;
  #isScoped = false;
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => {};

  /** Creates a run that was not started yet. */
  constructor(
    id: number,
    { logger, onScoped }: Pick<RunRequest, "logger" | "onScoped">,
    post: (message: ToWorker) => void,
    onEnd: () => void,
  ) {
    this.#id = id;
    this.#logger = logger;
    this.#onScoped = onScoped;
    this.#post = post;
    this.#onEnd = onEnd;
  }

  /** Whether the collector has returned or failed. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Returns the next batch, undefined after the last one. Throws what the collector has thrown. */
  async next(): Promise<PackedSamples | undefined> {
    while (this.#batches.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#batches.length > 0) {
      this.#post({ type: "read", run: this.#id });
      return this.#batches.shift()!;
    }
    if (this.#end !== undefined && "error" in this.#end) throw this.#end.error;
    return undefined;
  }

  /** Tells the collector that the deadline has passed. */
  abort(reason: unknown): void {
    this.#post({ type: "abort", run: this.#id, reason: packError(reason) });
  }

  /** Ends the run as failed. What was received before can still be read. */
  fail(error: unknown): void {
    this.#finish({ error });
  }

  /** Takes a message, and returns what is wrong with it, if anything is. */
  receive(message: FromWorker): string | undefined {
    switch (message.type) {
      case "samples":
        if (this.#batches.push(message.batch) > MAX_UNREAD) {
          return "it sent more than was asked for";
        }
        this.#wake();
        return undefined;
      case "scoped":
        if (this.#isScoped) return "it said twice that it looks at the filter";
        this.#isScoped = true;
        this.#onScoped();
        return undefined;
      case "log":
        return this.#log(message);
      case "end":
        this.#finish("error" in message ? { error: unpackError(message.error) } : {});
        return undefined;
      default:
        return `it sent ${describe((message as { type: unknown }).type)}`;
    }
  }

  #log({ level, message, fields }: FromWorker & { type: "log" }): string | undefined {
    if (++this.#records > MAX_RECORDS) return "it logged more than it may";
    if (!LEVELS.includes(level) || typeof message !== "string") return "it logged something else";
    this.#logger[level](message, fields && restoredFields(fields));
    return undefined;
  }

  #finish(end: { readonly error?: unknown }): void {
    this.#end ??= end;
    this.#onEnd();
    this.#wake();
  }
}

function restoredFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const error = (value as { error?: unknown } | undefined)?.error;
      return [name, error === undefined ? value : unpackError(error)];
    }),
  );
}

/** A module of one text, whose imports count as those of the program: the worker itself needs no permission for them. */
function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

function plainProgram(module: string): string {
  return `import { workerData } from "node:worker_threads";\n${serve("workerData.port", module)}`;
}

function restrictedProgram(module: string): string {
  return `onmessage = async ({ data }) => {
  onmessage = null;
  ${serve("data.port", module)}
};`;
}

/** The imports are literal, because Deno asks for no permission only then. */
function serve(port: string, module: string): string {
  return `try {
  const { serveCollector } = await import(${JSON.stringify(PROGRAM)});
  await serveCollector(${port}, () => import(${JSON.stringify(module)}));
} catch (error) {
  const { name, message, stack } = error;
  ${port}.postMessage({ type: "broken", error: { name, message, stack } });
}`;
}

const OUTER_PROGRAM = `import { workerData } from "node:worker_threads";
const { port, lifeline, program, permissions } = workerData;
const inner = new Worker(program, { type: "module", deno: { permissions } });
inner.onerror = (event) => {
  event.preventDefault();
  throw new Error(event.message);
};
inner.postMessage({ port, lifeline }, [port, lifeline]);`;

/** Whatever is not named is not permitted. */
function workerPermissions(permissions: PermissionSet): unknown {
  if (permissions === "all") return "inherit";
  return { ...permissions };
}
