/**
 * The logger interface of the library.
 *
 * @module
 */

/**
 * A logger with one method for each severity: {@linkcode createLogger} returns one, and `console` and those of `@std/log` also fit.
 *
 * Each method takes a message and optionally an object with fields.
 */
export interface Logger {
  /** Logs details for troubleshooting. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): unknown;
  /** Logs a rare event of normal operation. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): unknown;
  /** Logs a problem with little consequence. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): unknown;
  /** Logs a failure. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): unknown;
}

/** Wraps a logger, and ignores the errors that it throws: a broken log must not break a scrape. */
export function guarded(logger: Logger): Logger {
  const guard = (level: keyof Logger): Logger["info"] => (message, fields) => {
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
