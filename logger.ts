/**
 * What the library needs of a logger.
 *
 * @module
 */

/** Writes one record. What the record is about is in the fields. */
export type LogMethod = (message: string, fields?: Readonly<Record<string, unknown>>) => unknown;

/**
 * Takes log records by their severity. The loggers of `@std/log` are such, those of `createLogger`, and `console`.
 */
export interface Logger {
  /** What only somebody who looks for an error wants to know. */
  readonly debug: LogMethod;
  /** What happens rarely and as it should. */
  readonly info: LogMethod;
  /** What should not have happened, and cost little. */
  readonly warn: LogMethod;
  /** What should not have happened, and cost what was asked for. */
  readonly error: LogMethod;
}

/** Makes a logger out of another one, whose errors it keeps to itself: what is served must not depend on a log. */
export function guarded(logger: Logger): Logger {
  const guard = (level: keyof Logger): LogMethod => (message, fields) => {
    try {
      return logger[level](message, fields);
    } catch {
      return undefined;
    }
  };
  return {
    debug: guard("debug"),
    info: guard("info"),
    warn: guard("warn"),
    error: guard("error"),
  };
}
