/**
 * Stands in for `@std/log` 0.224.14 on a machine that cannot reach JSR; it has no dependencies.
 *
 * It behaves like the real one in what is here: levels, records, loggers, `setup`, handlers of one's
 * own and the console's. It differs in this:
 *
 * - File handlers, the JSON formatter, the functions that log to the default logger (`log.info` and
 *   so on) and the entry points of single modules (`@std/log/logger`) are missing.
 * - {@linkcode ConsoleHandler} does not look at `NO_COLOR`.
 * - A message that is an array or a date is shown as its JSON text.
 *
 * @module
 */

/** The numbers of the levels. */
export const LogLevels = {
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** The name of a level. */
export type LevelName = keyof typeof LogLevels;

/** The number of a level. */
export type LogLevel = typeof LogLevels[LevelName];

/** All level names, least severe first. */
export const LogLevelNames: LevelName[] = Object.keys(LogLevels) as LevelName[];

/** The number that belongs to a level's name. */
export function getLevelByName(name: LevelName): LogLevel {
  if (!Object.hasOwn(LogLevels, name)) {
    throw new Error(`Cannot get log level: no level named ${name}`);
  }
  return LogLevels[name];
}

/** The name that belongs to a level's number. */
export function getLevelName(level: LogLevel): LevelName {
  const name = LogLevelNames.find((name) => LogLevels[name] === level);
  if (name === undefined) throw new Error(`Cannot get log level: no name for level: ${level}`);
  return name;
}

/** What a {@linkcode LogRecord} is made of. */
export interface LogRecordOptions {
  msg: string;
  args: unknown[];
  level: LogLevel;
  loggerName: string;
}

/** One message on its way to the handlers. */
class LogRecord {
  readonly msg: string;
  readonly level: number;
  readonly levelName: string;
  readonly loggerName: string;
  #args: unknown[];
  #datetime: Date = new Date();

  constructor(options: LogRecordOptions) {
    this.msg = options.msg;
    this.level = options.level;
    this.levelName = getLevelName(options.level);
    this.loggerName = options.loggerName;
    this.#args = [...options.args];
  }

  get args(): unknown[] {
    return [...this.#args];
  }

  get datetime(): Date {
    return new Date(this.#datetime);
  }
}

// Only as a type, because that is all the real one's main entry point gives away.
export type { LogRecord };

/** Turns a record into a line. */
export type FormatterFunction = (logRecord: LogRecord) => string;

/** Options of a {@linkcode BaseHandler}. */
export interface BaseHandlerOptions {
  /** @default {level name, a space and the message} */
  formatter?: FormatterFunction;
}

/** Receives the records of the loggers that it is attached to. */
export abstract class BaseHandler {
  #level: LogLevel;
  formatter: FormatterFunction;

  constructor(levelName: LevelName, options: BaseHandlerOptions = {}) {
    this.#level = getLevelByName(levelName);
    this.formatter = options.formatter ?? (({ levelName, msg }) => `${levelName} ${msg}`);
  }

  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    this.levelName = getLevelName(level);
  }

  get levelName(): LevelName {
    return getLevelName(this.#level);
  }

  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** Formats and logs a record unless it is below the handler's level. */
  handle(logRecord: LogRecord): void {
    if (logRecord.level >= this.#level) this.log(this.format(logRecord));
  }

  format(logRecord: LogRecord): string {
    return this.formatter(logRecord);
  }

  /** Writes a formatted record. */
  abstract log(msg: string): void;

  /** Called by {@linkcode setup} before the handler is used. */
  setup(): void {}

  /** Called by the next {@linkcode setup}. */
  destroy(): void {}

  [Symbol.dispose](): void {
    this.destroy();
  }
}

/** Options of a {@linkcode ConsoleHandler}. */
export interface ConsoleHandlerOptions extends BaseHandlerOptions {
  /** @default {true} */
  useColors?: boolean;
}

/** Writes to the console's standard output. */
export class ConsoleHandler extends BaseHandler {
  #useColors: boolean;

  constructor(levelName: LevelName, options: ConsoleHandlerOptions = {}) {
    super(levelName, options);
    this.#useColors = options.useColors ?? true;
  }

  override format(logRecord: LogRecord): string {
    const text = super.format(logRecord);
    return this.#useColors ? colored(text, logRecord.level) : text;
  }

  override log(msg: string): void {
    console.log(msg);
  }
}

function colored(text: string, level: number): string {
  switch (level) {
    case LogLevels.INFO:
      return `\x1b[34m${text}\x1b[39m`;
    case LogLevels.WARN:
      return `\x1b[33m${text}\x1b[39m`;
    case LogLevels.ERROR:
      return `\x1b[31m${text}\x1b[39m`;
    case LogLevels.CRITICAL:
      return `\x1b[1m\x1b[31m${text}\x1b[39m\x1b[22m`;
    default:
      return text;
  }
}

/** Options of a {@linkcode Logger}. */
export interface LoggerOptions {
  /** @default {[]} */
  handlers?: BaseHandler[];
}

// deno-lint-ignore no-explicit-any -- any function is meant, with whatever parameters.
type GenericFunction = (...args: any[]) => any;

/** A message that is not a function, which would be called for the message instead. */
type Message<T> = T extends GenericFunction ? never : T;

/** Hands messages to its handlers; every method returns the message that it was given. */
export class Logger {
  #level: LogLevel;
  readonly #loggerName: string;
  handlers: BaseHandler[];

  constructor(loggerName: string, levelName: LevelName, options: LoggerOptions = {}) {
    this.#loggerName = loggerName;
    this.#level = getLevelByName(levelName);
    this.handlers = options.handlers ?? [];
  }

  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    if (!Object.values(LogLevels).includes(level)) {
      throw new TypeError(`Invalid log level: ${level}`);
    }
    this.#level = level;
  }

  get levelName(): LevelName {
    return getLevelName(this.#level);
  }

  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  get loggerName(): string {
    return this.#loggerName;
  }

  debug<T>(msg: () => T, ...args: unknown[]): T | undefined;
  debug<T>(msg: Message<T>, ...args: unknown[]): T;
  debug<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.DEBUG, msg, args);
  }

  info<T>(msg: () => T, ...args: unknown[]): T | undefined;
  info<T>(msg: Message<T>, ...args: unknown[]): T;
  info<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.INFO, msg, args);
  }

  warn<T>(msg: () => T, ...args: unknown[]): T | undefined;
  warn<T>(msg: Message<T>, ...args: unknown[]): T;
  warn<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.WARN, msg, args);
  }

  error<T>(msg: () => T, ...args: unknown[]): T | undefined;
  error<T>(msg: Message<T>, ...args: unknown[]): T;
  error<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.ERROR, msg, args);
  }

  critical<T>(msg: () => T, ...args: unknown[]): T | undefined;
  critical<T>(msg: Message<T>, ...args: unknown[]): T;
  critical<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.CRITICAL, msg, args);
  }

  /** A message that is a function is called only where the level lets it through. */
  #log<T>(level: LogLevel, msg: unknown, args: unknown[]): T | undefined {
    const isLazy = typeof msg === "function";
    if (level < this.level) return isLazy ? undefined : msg as T;
    const message = isLazy ? msg() : msg;
    const record = new LogRecord({
      msg: toText(message),
      args,
      level,
      loggerName: this.loggerName,
    });
    for (const handler of this.handlers) handler.handle(record);
    return message;
  }
}

function toText(message: unknown): string {
  if (message instanceof Error) return message.stack ?? String(message);
  return typeof message === "object" && message !== null
    ? JSON.stringify(message)
    : String(message);
}

/** What {@linkcode setup} is told about one logger. */
export interface LoggerConfig {
  /** @default {"INFO"} */
  level?: LevelName;
  /** Names of handlers. */
  handlers?: string[];
}

/** What {@linkcode setup} is given. */
export interface LogConfig {
  handlers?: { [name: string]: BaseHandler };
  loggers?: { [name: string]: LoggerConfig };
}

const DEFAULT_LEVEL: LevelName = "INFO";
const DEFAULT_CONFIG: LogConfig = {
  handlers: { default: new ConsoleHandler(DEFAULT_LEVEL) },
  loggers: { default: { level: DEFAULT_LEVEL, handlers: ["default"] } },
};

const handlers = new Map<string, BaseHandler>();
const loggers = new Map<string, Logger>();

/** The logger of a name, made without handlers where there is none; by default the default one. */
export function getLogger(name = "default"): Logger {
  let logger = loggers.get(name);
  if (logger === undefined) {
    logger = new Logger(name, "NOTSET");
    loggers.set(name, logger);
  }
  return logger;
}

/** Replaces all handlers and loggers by those of a configuration. */
export function setup(config: LogConfig): void {
  for (const handler of handlers.values()) handler.destroy();
  handlers.clear();
  loggers.clear();
  for (
    const [name, handler] of Object.entries({ ...DEFAULT_CONFIG.handlers, ...config.handlers })
  ) {
    handler.setup();
    handlers.set(name, handler);
  }
  for (const [name, options] of Object.entries({ ...DEFAULT_CONFIG.loggers, ...config.loggers })) {
    const attached = (options.handlers ?? []).flatMap((name) => handlers.get(name) ?? []);
    loggers.set(name, new Logger(name, options.level ?? DEFAULT_LEVEL, { handlers: attached }));
  }
}

setup(DEFAULT_CONFIG);
