/**
 * The worker that compares passwords with bcrypt hashes, which takes too long for the main thread.
 *
 * @module
 */

import { compareSync } from "bcryptjs";

/** A password to compare. */
export interface Job {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

/** The answer to a job. */
export interface Verdict {
  readonly id: number;
  readonly isEqual: boolean;
}

/** The part of a worker's global scope that is needed here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Job>) => void;
  postMessage(verdict: Verdict): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { id, password, hash } }) => {
  scope.postMessage({ id, isEqual: compareSync(password, hash) });
};
