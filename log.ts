/**
 * The library's loggers: `@std/log` with one line per record, as logfmt or JSON, on standard error.
 *
 * Fields are the first argument after the message. Whatever is logged stays on its line and never throws: control
 * characters are escaped, errors are written without their stack and with their causes.
 *
 * ```ts
 * import { createLogger } from "@exporter/prometheus";
 *
 * const logger = createLogger("exporter", { level: "debug" });
 * logger.warn("collector failed", { error: new Error("no such disk"), after: 0.2 });
 * // time=2026-11-22T10:00:00.000Z level=warn logger=exporter msg="collector failed" error="Error: no such disk" after=0.2
 * ```
 *
 * @module
 */

import { BaseHandler, type LevelName, Logger as StdLogger, type LogRecord } from "@std/log";
import type { Logger } from "./model/logger.ts";

/** The format of log lines: {@link https://brandur.org/logfmt | logfmt}, or one JSON object per line. */
export type LogFormat = "text" | "json";

/** The formats of log lines. */
export const LOG_FORMATS: readonly LogFormat[] = ["text", "json"];

/** A severity, as options, configuration and log lines name it. */
export type LogLevelName = "debug" | "info" | "warn" | "error" | "critical";

/** The severities, in increasing order. */
export const LOG_LEVELS: readonly LogLevelName[] = ["debug", "info", "warn", "error", "critical"];

/** Options of {@linkcode createLogger}. */
export interface CreateLoggerOptions {
  /**
   * The least severe level that is logged.
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
   * Writes one line, which has no line feed. Errors that it throws are ignored.
   *
   * @default Writes to standard error.
   */
  write?: (line: string) => void;
}

/**
 * Makes a logger of its own, without touching the loggers that `setup` of `@std/log` makes.
 *
 * @throws {RangeError} If there is no such level or format.
 */
export function createLogger(name: string, options: CreateLoggerOptions = {}): Logger {
  const { level = "info", format = "text", write = writeToStandardError } = options;
  const logger = new StdLogger(name, "INFO", { handlers: [new LineHandler(write)] });
  configureLogger(logger, { level, format });
  return logger;
}

/**
 * Changes the level of a logger and the format of the lines that it writes.
 *
 * @throws {TypeError} If the logger was not made by {@linkcode createLogger}.
 * @throws {RangeError} If there is no such level or format. Nothing is changed then.
 */
export function configureLogger(
  logger: Logger,
  { level, format }: Pick<CreateLoggerOptions, "level" | "format">,
): void {
  const handler = logger instanceof StdLogger ? logger.handlers[0] : undefined;
  if (!(logger instanceof StdLogger && handler instanceof LineHandler)) {
    throw new TypeError("Cannot configure logger: expected one that createLogger made");
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
  readonly #write: (line: string) => void;
  lineFormat: LogFormat = "text";

  constructor(write: (line: string) => void) {
    super("NOTSET");
    this.#write = write;
  }

  override handle(record: LogRecord): void {
    try {
      super.handle(record);
    } catch {
      // A program must outlive its log, for example a standard error that was closed.
    }
  }

  override format(record: LogRecord): string {
    return formatLine(record, this.lineFormat);
  }

  override log(line: string): void {
    this.#write(line);
  }
}

function writeToStandardError(line: string): void {
  let rest = new TextEncoder().encode(`${line}\n`);
  while (rest.length > 0) rest = rest.subarray(Deno.stderr.writeSync(rest));
}

type Field = readonly [name: string, value: unknown];

function formatLine(record: LogRecord, format: LogFormat): string {
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

/** The fields of a record: those of a plain object that comes first, then an error, then what else was given. */
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

/** A value in logfmt: bare where that is unmistakable, else quoted as JSON quotes strings. */
function toText(value: unknown): string {
  const json = toJson(value);
  const text = json.startsWith('"') ? json.slice(1, -1) : json;
  if (/^[!#-<>-[\]-~]+$/.test(text)) return text;
  return json.startsWith('"') ? json : JSON.stringify(json);
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, replaceUnrepresentable) ?? "null";
  } catch {
    return JSON.stringify(UNPRINTABLE);
  }
}

/** The replacer for what JSON cannot represent, or represents by nothing. */
function replaceUnrepresentable(_key: string, value: unknown): unknown {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
    case "symbol":
      return String(value);
    case "function":
      return `[function ${value.name}]`;
    case "object":
      if (value instanceof Error) return describeError(value);
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

/** Escapes what could break a line, or make a terminal show another one than was written. */
function escapeInvisible(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = character.split("").map((unit) => unit.charCodeAt(0));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
