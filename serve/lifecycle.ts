/**
 * Startup and shutdown, each of which happens once however often it is requested.
 *
 * @module
 */

import { settlesWithin } from "../model/deadline.ts";
import type { Logger } from "../model/logger.ts";

/** Seconds after a failed startup before a request can cause another one, the first time and at most. */
const FIRST_DELAY = 1;
const MAX_DELAY = 60;

/** Hooks of a {@linkcode Lifecycle}. */
export interface LifecycleHooks {
  /** Acquires resources. */
  onStartup?(): void | Promise<void>;
  /** Releases them. */
  onShutdown?(): void | Promise<void>;
}

/** The lifecycle of an exporter: created, starting, ready, shutting down, finished. */
export class Lifecycle {
  /** Resolves when the shutdown has finished. */
  readonly finished: Promise<void>;
  readonly #hooks: readonly LifecycleHooks[];
  readonly #logger: Logger;
  #startup: Promise<void> | undefined;
  #hasStarted = false;
  #hasFinished = false;
  #shutdown: Promise<void> | undefined;
  #abandonStartup: () => void = () => {};
  #finish!: () => void;

  readonly #now: () => number;
  /** The last startup that failed, and when a request may cause the next one. */
  #failed:
    | { readonly error: unknown; readonly delay: number; readonly retryAt: number }
    | undefined;

  /**
   * Creates a lifecycle that has not been started. Shutdown runs the hooks in the reverse order of startup.
   *
   * @param now The clock, in seconds.
   */
  constructor(
    hooks: readonly LifecycleHooks[],
    logger: Logger,
    now: () => number = () => performance.now() / 1000,
  ) {
    this.#hooks = hooks;
    this.#logger = logger;
    this.#now = now;
    this.finished = new Promise((resolve) => this.#finish = resolve);
  }

  /** Whether startup has succeeded and shutdown has not begun. */
  get isReady(): boolean {
    return this.#hasStarted && !this.isEnding;
  }

  /** Whether shutdown has begun. */
  get isEnding(): boolean {
    return this.#shutdown !== undefined;
  }

  /**
   * Runs `onStartup`, unless it is running or has succeeded. Resolves when it has succeeded, when the shutdown has finished, or
   * immediately after the shutdown has begun.
   *
   * @param onFailure Called if `onStartup` fails and this call started it.
   * @throws The error of `onStartup`. The next call then runs it again.
   */
  startUp(onFailure: (error: unknown) => void = () => {}): Promise<void> {
    if (this.isEnding) return Promise.resolve();
    if (this.#startup === undefined) {
      this.#startup = this.#open();
      this.#startup.catch((error) => {
        this.#startup = undefined;
        const delay = Math.min(2 * (this.#failed?.delay ?? FIRST_DELAY / 2), MAX_DELAY);
        this.#failed = { error, delay, retryAt: this.#now() + delay };
        onFailure(error);
      });
    }
    return this.#startup;
  }

  /**
   * Does the same for a request. After a failure, it does not run `onStartup` for a second, and for twice as long after each further
   * one, up to a minute: a startup that fails must not run once for each request.
   *
   * @throws The error of `onStartup`, or the last one.
   */
  startUpForRequest(onFailure: (error: unknown) => void): Promise<void> {
    if (this.#failed !== undefined && this.#now() < this.#failed.retryAt) {
      return Promise.reject(this.#failed.error);
    }
    return this.startUp(onFailure);
  }

  /**
   * Shuts down, once. Waits for a startup in progress, then calls `close`, then `onShutdown` if startup has succeeded. If startup
   * succeeds only after that, `onShutdown` runs then. Its errors are logged.
   *
   * @param seconds The time that the startup in progress and `close` may take.
   * @param close Stops serving. Its argument returns the seconds that are left.
   */
  shutDown(seconds: number, close: (secondsLeft: () => number) => Promise<void>): Promise<void> {
    return this.#shutdown ??= this.#close(seconds, close);
  }

  /** Not a race with `finished`, which would keep a reaction of every call until shutdown. */
  #open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#abandonStartup = resolve;
      this.#runStartup().then(resolve, reject);
    });
  }

  async #runStartup(): Promise<void> {
    for (const hooks of this.#hooks) await hooks.onStartup?.();
    this.#hasStarted = true;
    if (this.#hasFinished) await this.#runShutdown();
  }

  async #runShutdown(): Promise<void> {
    for (const hooks of this.#hooks.toReversed()) {
      try {
        await hooks.onShutdown?.();
      } catch (error) {
        this.#logger.error("shutdown failed", { error });
      }
    }
  }

  async #close(
    seconds: number,
    close: (secondsLeft: () => number) => Promise<void>,
  ): Promise<void> {
    const until = performance.now() + seconds * 1000;
    const secondsLeft = () => Math.max(0, (until - performance.now()) / 1000);
    // Whatever runs next must already see `isEnding`, which is set when this function returns its promise.
    await Promise.resolve();
    if (this.#startup) await settlesWithin(this.#startup, secondsLeft());
    await close(secondsLeft);
    if (this.#hasStarted) await this.#runShutdown();
    this.#hasFinished = true;
    this.#abandonStartup();
    this.#finish();
  }
}
