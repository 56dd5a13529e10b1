/**
 * Starting up once and shutting down once, whoever asks for it and how often.
 *
 * @module
 */

import { settlesWithin } from "../model/deadline.ts";
import type { Logger } from "../model/logger.ts";

/** What is done at the two ends of a life. */
export interface LifecycleHooks {
  /** Opens what is needed. */
  onStartup(): Promise<void>;
  /** Closes what was needed. */
  onShutdown(): Promise<void>;
}

/** The life of an exporter: new, starting, ready, ending, ended. */
export class Lifecycle {
  /** Resolves at the end. */
  readonly finished: Promise<void>;
  readonly #hooks: LifecycleHooks;
  readonly #logger: Logger;
  #startup: Promise<void> | undefined;
  #hasStarted = false;
  #isOver = false;
  #shutdown: Promise<void> | undefined;
  #giveUpStartup: () => void = () => {};
  #finish!: () => void;

  /** Begins new. */
  constructor(hooks: LifecycleHooks, logger: Logger) {
    this.#hooks = hooks;
    this.#logger = logger;
    this.finished = new Promise((resolve) => this.#finish = resolve);
  }

  /** Whether it has started up and does not end yet. */
  get isReady(): boolean {
    return this.#hasStarted && !this.isEnding;
  }

  /** Whether it ends, or has. */
  get isEnding(): boolean {
    return this.#shutdown !== undefined;
  }

  /**
   * Starts up if nobody has; after a failure, once more. Resolves when it is ready or has ended; at once if it is ending.
   *
   * @param onFailure Hears of a failure of the startup that this call has begun.
   * @throws What `onStartup` throws.
   */
  startUp(onFailure: (error: unknown) => void = () => {}): Promise<void> {
    if (this.isEnding) return Promise.resolve();
    if (this.#startup === undefined) {
      this.#startup = this.#open();
      this.#startup.catch((error) => {
        this.#startup = undefined;
        onFailure(error);
      });
    }
    return this.#startup;
  }

  /**
   * Shuts down if nobody has. `onShutdown` runs if it had started up, or when a startup that takes longer has come to its
   * end, and what it throws is logged.
   *
   * @param seconds How long `close`, and a startup that is under way, may take.
   * @param close Is given the seconds that are left.
   */
  shutDown(seconds: number, close: (secondsLeft: () => number) => Promise<void>): Promise<void> {
    return this.#shutdown ??= this.#close(seconds, close);
  }

  /** A promise of its own rather than a race with `finished`, which would remember every racer until the end. */
  #open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#giveUpStartup = resolve;
      this.#runStartup().then(resolve, reject);
    });
  }

  async #runStartup(): Promise<void> {
    await this.#hooks.onStartup();
    this.#hasStarted = true;
    if (this.#isOver) await this.#runShutdown();
  }

  async #runShutdown(): Promise<void> {
    try {
      await this.#hooks.onShutdown();
    } catch (error) {
      this.#logger.error("shutdown failed", { error });
    }
  }

  async #close(
    seconds: number,
    close: (secondsLeft: () => number) => Promise<void>,
  ): Promise<void> {
    const until = performance.now() + seconds * 1000;
    const secondsLeft = () => Math.max(0, (until - performance.now()) / 1000);
    // What begins now must find that the end has begun.
    await Promise.resolve();
    if (this.#startup) await settlesWithin(this.#startup, secondsLeft());
    await close(secondsLeft);
    if (this.#hasStarted) await this.#runShutdown();
    this.#isOver = true;
    this.#giveUpStartup();
    this.#finish();
  }
}
