/**
 * The error of pushes.
 *
 * @module
 */

/** A push that failed: the Pushgateway could not be reached, or did not accept it. */
export class PushError extends Error {
  /** The status of its last answer; undefined if there was none. */
  readonly status: number | undefined;

  /** Creates an error. */
  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.name = "PushError";
    this.status = status;
  }
}
