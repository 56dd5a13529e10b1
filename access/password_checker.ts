/**
 * Comparison of passwords with bcrypt hashes, outside of the main thread.
 *
 * @module
 */

import type { Job, Verdict } from "./bcrypt_worker.ts";

/** A worker, as far as it is needed here. */
export interface PasswordWorker {
  onmessage: ((event: MessageEvent<Verdict>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(job: Job): void;
  terminate(): void;
}

/** Options of {@linkcode PasswordChecker}. */
export interface PasswordCheckerOptions {
  /**
   * Starts a worker.
   *
   * @default {() => new Worker(…)}
   */
  startWorker?: () => PasswordWorker;
  /**
   * Seconds after which a comparison is given up, and its worker with it.
   *
   * @default {60}
   */
  timeout?: number;
  /**
   * Seconds without comparisons after which the worker ends, unless it is kept. It would keep the process alive.
   *
   * @default {10}
   */
  idleTimeout?: number;
  /**
   * The maximum number of comparisons that wait.
   *
   * @default {16}
   */
  maxWaiting?: number;
}

/** The error for a comparison without a result: too many are waiting, it took too long, or its worker failed. */
export class UndecidedError extends Error {}

interface Waiting {
  readonly job: Job;
  readonly resolve: (isEqual: boolean) => void;
  readonly reject: (error: UndecidedError) => void;
}

/** The module of the worker. */
export const WORKER_URL: URL = new URL("./bcrypt_worker.ts", import.meta.url);

/** Compares passwords with hashes, one at a time, in a worker that is started when it is needed. */
export class PasswordChecker {
  readonly #startWorker: () => PasswordWorker;
  readonly #timeout: number;
  readonly #idleTimeout: number;
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];
  #worker: PasswordWorker | undefined;
  #current: Waiting | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastId = 0;
  #isClosed = false;
  #isKept = false;

  /** Creates a checker. No worker is started yet. */
  constructor(options: PasswordCheckerOptions = {}) {
    this.#startWorker = options.startWorker ?? startWorker;
    this.#timeout = options.timeout ?? 60;
    this.#idleTimeout = options.idleTimeout ?? 10;
    this.#maxWaiting = options.maxWaiting ?? 16;
  }

  /**
   * Compares a password with a hash.
   *
   * @throws {UndecidedError} If there is no result. The message gives the reason.
   */
  check(password: string, hash: string): Promise<boolean> {
    if (this.#isClosed) return Promise.reject(new UndecidedError("is closed"));
    if (this.#waiting.length >= this.#maxWaiting) {
      return Promise.reject(new UndecidedError("too many passwords to check"));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job: { id: ++this.#lastId, password, hash }, resolve, reject });
      if (this.#current === undefined) this.#next();
    });
  }

  /**
   * Starts the worker ahead of the first comparison, and keeps it until {@linkcode close} even if it is idle. Starting one blocks the
   * event loop for 10 to 50 ms.
   */
  keepReady(): void {
    if (this.#isClosed) return;
    this.#isKept = true;
    if (this.#current !== undefined) return;
    clearTimeout(this.#timer);
    try {
      this.#worker ??= this.#start();
    } catch {
      // The first comparison tries again, and reports the reason.
    }
  }

  /** Ends the worker. Comparisons that have no result yet are rejected. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
    for (const { reject } of [this.#current, ...this.#waiting.splice(0)].filter(isPresent)) {
      reject(new UndecidedError("is closed"));
    }
    this.#current = undefined;
  }

  #next(): void {
    clearTimeout(this.#timer);
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) {
      if (this.#worker !== undefined && !this.#isKept) {
        this.#timer = setTimeout(() => this.#stop(), this.#idleTimeout * 1000);
      }
      return;
    }
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage(this.#current.job);
    } catch (error) {
      this.#fail(`no worker: ${(error as Error).message}`);
      return;
    }
    this.#timer = setTimeout(() => this.#fail("takes too long"), this.#timeout * 1000);
  }

  #start(): PasswordWorker {
    const worker = this.#startWorker();
    worker.onmessage = ({ data }) => {
      if (worker !== this.#worker || data.id !== this.#current?.job.id) return;
      const { resolve } = this.#current;
      this.#next();
      resolve(data.isEqual);
    };
    worker.onerror = (event) => {
      // Otherwise the error ends the process.
      event.preventDefault();
      if (worker === this.#worker) this.#fail("the worker failed");
    };
    return worker;
  }

  /** Rejects the current comparison and goes on with another worker. */
  #fail(reason: string): void {
    this.#stop();
    const failed = this.#current;
    this.#next();
    failed?.reject(new UndecidedError(reason));
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function startWorker(): PasswordWorker {
  return new Worker(new URL("./bcrypt_worker.ts", import.meta.url), {
    type: "module",
    name: "bcrypt",
  });
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}
