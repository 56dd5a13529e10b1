/**
 * The loggers of the library, based on `@std/log`.
 *
 * @module
 */

import { BaseHandler, type LevelName, Logger as StdLogger, type LogRecord } from "@std/log";
import type { Logger } from "./model/logger.ts";
import { settlesWithin } from "./model/deadline.ts";
import { LineWriter } from "./model/line_writer.ts";
import { checkNames } from "./model/options.ts";

/** The format of log lines: {@link https://brandur.org/logfmt | logfmt}, or one JSON object per line. */
export type LogFormat = "text" | "json";

/** The formats of log lines. */
export const LOG_FORMATS: readonly LogFormat[] = ["text", "json"];

/** A log level, as in options, configuration files and log lines. */
export type LogLevelName = "debug" | "info" | "warn" | "error" | "critical";

/** The log levels, by increasing severity. */
export const LOG_LEVELS: readonly LogLevelName[] = ["debug", "info", "warn", "error", "critical"];

/** Options of {@linkcode createLogger}. */
export interface CreateLoggerOptions {
  /**
   * The minimum level to log.
   *
   * @default {"info"}
   */
  level?: LogLevelName;
  /**
   * The format of the lines.
   *
   * @default {"text"}
   */
  format?: LogFormat;
  /**
   * Writes a line, which has no line feed. Its errors are ignored.
   *
   * @default Writes to standard error, without waiting for its reader.
   */
  write?: (line: string) => void;
}

/** Writes a line. If it must be dropped, the other function returns the line that says how many were. */
type WriteLine = (line: string, describeDropped: (count: number) => string) => void;

const OPTIONS: readonly (keyof CreateLoggerOptions)[] = ["level", "format", "write"];

/**
 * Creates a logger that writes one line per record, by default to standard error. It is independent of `setup()` of `@std/log`.
 *
 * Fields are the first argument after the message. Logging never throws. Control characters are escaped, texts are cut after 8192
 * characters, and errors are written without stack traces but with their causes.
 *
 * Standard error is written in the background, so a reader that stalls does not stop the program. Up to 1 MiB waits for the reader;
 * further lines are dropped, and once it has caught up, a line says how many.
 *
 * ```ts
 * import { createLogger } from "@exporter/prometheus";
 *
 * const logger = createLogger("exporter", { level: "debug" });
 * logger.warn("collector failed", { error: new Error("no such disk"), after: 0.2 });
 * // time=2026-11-22T10:00:00.000Z level=warn logger=exporter msg="collector failed" error="Error: no such disk" after=0.2
 * ```
 *
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If the level or the format is unknown.
 */
export function createLogger(name: string, options: CreateLoggerOptions = {}): Logger {
  checkNames("Cannot create logger", options, OPTIONS);
  const { level = "info", format = "text", write } = options;
  const writeLine: WriteLine = write ? (line) => write(line) : writeToStandardError;
  const logger = new StdLogger(name, "INFO", { handlers: [new LineHandler(name, writeLine)] });
  configureLogger(logger, { level, format });
  return logger;
}

/**
 * Changes the level and the line format of a logger.
 *
 * @throws {TypeError} If {@linkcode createLogger} did not create the logger.
 * @throws {RangeError} If the level or the format is unknown. Nothing is changed then.
 */
export function configureLogger(
  logger: Logger,
  { level, format }: Pick<CreateLoggerOptions, "level" | "format">,
): void {
  const handler = logger instanceof StdLogger ? logger.handlers[0] : undefined;
  if (!(logger instanceof StdLogger && handler instanceof LineHandler)) {
    throw new TypeError("Cannot configure logger: expected a logger that createLogger created");
  }
  if (level !== undefined) assertOneOf("level", LOG_LEVELS, level);
  if (format !== undefined) assertOneOf("format", LOG_FORMATS, format);
  if (level !== undefined) logger.levelName = level.toUpperCase() as LevelName;
  if (format !== undefined) handler.lineFormat = format;
}

function assertOneOf(setting: string, names: readonly string[], name: string): void {
  if (names.includes(name)) return;
  throw new RangeError(
    `Cannot set log ${setting} ${JSON.stringify(name)}: expected one of ${names.join(", ")}`,
  );
}

class LineHandler extends BaseHandler {
  readonly #write: WriteLine;
  readonly #describeDropped: (count: number) => string;
  lineFormat: LogFormat = "text";

  constructor(loggerName: string, write: WriteLine) {
    super("NOTSET");
    this.#write = write;
    this.#describeDropped = (count) => {
      const args = [{ lines: count }];
      const record = { datetime: new Date(), levelName: "WARN", loggerName, msg: DROPPED, args };
      return formatLine(record, this.lineFormat);
    };
  }

  override handle(record: LogRecord): void {
    try {
      super.handle(record);
    } catch {
      // Logging must not break the program, for example when an object throws while it is formatted.
    }
  }

  override format(record: LogRecord): string {
    return formatLine(record, this.lineFormat);
  }

  override log(line: string): void {
    this.#write(line, this.#describeDropped);
  }
}

const DROPPED = "log lines dropped, standard error was not read in time";

/** Milliseconds that the process waits at its end for a write in progress, because it cannot know whether that has ended. */
const EXIT_PATIENCE = 100;

/** The writer to standard error, which all loggers share. */
let standardError: LineWriter | undefined;

function writeToStandardError(line: string, describeDropped: (count: number) => string): void {
  standardError ??= openStandardError();
  standardError.write(line, describeDropped);
}

function openStandardError(): LineWriter {
  const writer = new LineWriter((bytes) => Deno.stderr.write(bytes));
  for (const event of ["unload", "error", "unhandledrejection"]) {
    addEventListener(event, ({ defaultPrevented }) => {
      if (!defaultPrevented) writeLastLines(writer);
    });
  }
  return writer;
}

/** Writes the lines that wait when the process may end, unless that could take forever. Those before them are written in a thread. */
function writeLastLines(writer: LineWriter): void {
  if (!writer.isWriting || writer.isStalled) return;
  sleep(EXIT_PATIENCE);
  let rest = writer.takeQueued();
  try {
    while (rest.length > 0) rest = rest.subarray(Deno.stderr.writeSync(rest));
  } catch {
    // Standard error is closed.
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/**
 * Waits until the lines for standard error are written, because what is left when a process ends may be lost.
 *
 * @param seconds The longest to wait.
 * @returns Whether they were written in time.
 */
export async function flushLog(seconds: number): Promise<boolean> {
  return !standardError?.isWriting || await settlesWithin(standardError.flush(), seconds);
}

/** Returns how many lines for standard error were dropped so far, because its reader was too slow or it was closed. */
export function droppedLogLines(): number {
  return standardError?.dropped ?? 0;
}

/** The maximum number of characters of a text in a record, which is often chosen by others: a query, or the message of an error. */
const MAX_TEXT = 8192;
/** The maximum number of characters of a field with other values, such as an array. Escaping can make a text six times as long. */
const MAX_FIELD = 8 * MAX_TEXT;
/** The first half of a character that was cut in two. */
const LONE_SURROGATE = /[\uD800-\uDBFF]$/;

type Field = readonly [name: string, value: unknown];

/** What a line shows of a record. */
type LineRecord = Pick<LogRecord, "datetime" | "levelName" | "loggerName" | "msg" | "args">;

function formatLine(record: LineRecord, format: LogFormat): string {
  const fields: Field[] = [
    ["time", record.datetime.toISOString()],
    ["level", record.levelName.toLowerCase()],
    ["logger", record.loggerName],
    ["msg", record.msg],
  ];
  const own = new Set(fields.map(([name]) => name));
  for (const [name, value] of readFields(record.args)) {
    if (value !== undefined) fields.push([own.has(name) ? `${name}_` : name, value]);
  }
  const line = format === "json"
    ? `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`).join(",")}}`
    : fields.map(([name, value]) => `${toKey(name)}=${toText(value)}`).join(" ");
  return escapeInvisible(line);
}

/** Returns the fields of a record: the properties of a leading plain object, then an error, then all other arguments. */
function readFields(args: unknown[]): Field[] {
  const fields: Field[] = [];
  const [first] = args;
  if (isPlainObject(first)) {
    args = args.slice(1);
    for (const name of Object.keys(first)) fields.push([name, readProperty(first, name)]);
  }
  const [error, ...others] = args;
  if (error instanceof Error) {
    args = others;
    fields.push(["error", error]);
  }
  if (args.length > 0) fields.push(["args", args]);
  return fields;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

const UNPRINTABLE = "[unprintable]";

function readProperty(object: Record<string, unknown>, name: string): unknown {
  try {
    return object[name];
  } catch {
    return UNPRINTABLE;
  }
}

function toKey(name: string): string {
  return name.replaceAll(/[^\w.:/-]/g, "_") || "_";
}

/** Formats a value for logfmt: bare if that is unambiguous, otherwise quoted like a JSON string. */
function toText(value: unknown): string {
  const json = toJson(value);
  const text = json.startsWith('"') ? json.slice(1, -1) : json;
  if (/^[!#-<>-[\]-~]+$/.test(text)) return text;
  return json.startsWith('"') ? json : JSON.stringify(json);
}

function toJson(value: unknown): string {
  try {
    const json = JSON.stringify(value, replaceUnrepresentable) ?? "null";
    return json.length > MAX_FIELD ? JSON.stringify(shorten(json)) : json;
  } catch {
    return JSON.stringify(UNPRINTABLE);
  }
}

/** Keeps the start of a long text, and says how long it was. */
function shorten(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  return `${text.slice(0, MAX_TEXT).replace(LONE_SURROGATE, "")}… (${text.length} characters)`;
}

/** JSON replacer for long texts, and for values that JSON cannot represent or leaves out. */
function replaceUnrepresentable(_key: string, value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return shorten(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
    case "symbol":
      return String(value);
    case "function":
      return `[function ${value.name}]`;
    case "object":
      if (value instanceof Error) return shorten(describeError(value));
      if (value instanceof Map) return Object.fromEntries(value);
      if (value instanceof Set) return [...value];
      return value;
    default:
      return value;
  }
}

function describeError(error: Error, seen: Set<unknown> = new Set()): string {
  if (seen.has(error)) return "[circular]";
  seen.add(error);
  function describe(value: unknown): string {
    return value instanceof Error ? describeError(value, seen) : String(value);
  }
  let text = error.message === "" ? error.name : `${error.name}: ${error.message}`;
  if (error instanceof AggregateError) text += ` (${error.errors.map(describe).join("; ")})`;
  if (error.cause !== undefined) text += `: caused by ${describe(error.cause)}`;
  return text;
}

/** Escapes characters that break lines, or are invisible or directional and so could spoof the output on a terminal. */
function escapeInvisible(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = character.split("").map((unit) => unit.charCodeAt(0));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
