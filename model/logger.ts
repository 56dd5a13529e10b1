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

/** A logger that logs nothing. */
export const SILENT: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/**
 * Wraps a logger, and ignores the errors that it throws: a broken log must not break a scrape.
 *
 * @param own Fields to add to every record.
 */
export function guarded(logger: Logger, own?: Readonly<Record<string, unknown>>): Logger {
  const guard = (level: keyof Logger): Logger["info"] => (message, ...args) => {
    try {
      return logger[level](message, ...(own ? [{ ...own, ...args[0] }] : args));
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
