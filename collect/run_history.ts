/**
 * What is kept about the runs of a collector: the last few of them, and its last error. The size is fixed.
 *
 * @module
 */

/** How a run ended. `late`: it was not done at the deadline. */
export type RunResult = "ok" | "failed" | "late";

/** A run of a collector that has ended. */
export interface RunRecord {
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The duration, in seconds. */
  readonly duration: number;
  /** How it ended. */
  readonly result: RunResult;
  /** The number of samples that it returned. */
  readonly samples: number;
  /** The estimated size of what it returned, in bytes; 0 if the size is not limited. */
  readonly bytes: number;
}

/** An error of a collector, as text, so that nothing that it refers to stays in memory. */
export interface RunError {
  /** When the run that it ended had begun, in milliseconds since the epoch. */
  readonly at: number;
  /** Its class, such as `TypeError`; the type of what was thrown if that is no error. */
  readonly kind: string;
  /** Its message with those of its causes; empty if it has none. */
  readonly message: string;
}

/** The number of runs that are kept. */
export const KEPT_RUNS = 30;

/** The maximum length of an error message that is kept, in characters. */
const MAX_MESSAGE_LENGTH = 1000;

/** The maximum number of causes in a message. */
const MAX_CAUSES = 3;

/** The last runs of a collector. */
export class RunHistory {
  readonly #runs: RunRecord[] = [];
  #total = 0;
  #failingSince: number | undefined;
  #lastSuccess: number | undefined;
  #lastError: RunError | undefined;

  /** The last runs, the latest one at the end. */
  get runs(): readonly RunRecord[] {
    return this.#runs;
  }

  /** The number of runs so far, of which the last {@linkcode KEPT_RUNS} are kept. */
  get total(): number {
    return this.#total;
  }

  /** When the first of the failed runs since the last success began, in milliseconds since the epoch; undefined after a success. */
  get failingSince(): number | undefined {
    return this.#failingSince;
  }

  /** When the last run that succeeded began, in milliseconds since the epoch. */
  get lastSuccess(): number | undefined {
    return this.#lastSuccess;
  }

  /** The error of the last run that failed, even if others have succeeded since. */
  get lastError(): RunError | undefined {
    return this.#lastError;
  }

  /**
   * Adds a run that has ended.
   *
   * @param failure What was thrown, if the run failed.
   */
  add(run: RunRecord, failure?: { readonly error: unknown }): void {
    this.#total++;
    if (this.#runs.push(run) > KEPT_RUNS) this.#runs.shift();
    if (failure !== undefined) this.#lastError = { at: run.startedAt, ...errorText(failure.error) };
    if (run.result === "ok") {
      this.#failingSince = undefined;
      this.#lastSuccess = run.startedAt;
    } else this.#failingSince ??= run.startedAt;
  }
}

/** Returns the class and the message of anything that was thrown. Never throws. */
export function errorText(error: unknown): Pick<RunError, "kind" | "message"> {
  try {
    if (!(error instanceof Error)) {
      const message = typeof error === "object" ? "" : String(error);
      return { kind: error === null ? "null" : typeof error, message: shortened(message) };
    }
    const messages: string[] = [];
    let next: unknown = error;
    for (let i = 0; i <= MAX_CAUSES && next !== undefined; i++) {
      messages.push(next instanceof Error ? String(next.message) : String(next));
      next = next instanceof Error ? next.cause : undefined;
    }
    return { kind: shortened(String(error.name)), message: shortened(messages.join(": ")) };
  } catch {
    return { kind: "unknown", message: "" };
  }
}

function shortened(text: string): string {
  return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)}…` : text;
}
