/**
 * What the library needs of a logger.
 *
 * @module
 */

/**
 * A logger with one method for each severity. The loggers of {@linkcode createLogger} and of `@std/log`, and `console`, are such.
 *
 * Each method takes a message and optionally an object with fields.
 */
export interface Logger {
  /** Logs details for troubleshooting. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): unknown;
  /** Logs what is rare and normal. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): unknown;
  /** Logs a problem with little consequence. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): unknown;
  /** Logs a failure. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): unknown;
}

/** Makes a logger out of another one, whose errors it keeps to itself: what is served must not depend on a log. */
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
