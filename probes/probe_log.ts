/**
 * The log of a single probe.
 *
 * @module
 */

import { toOneLine } from "../model/describe.ts";
import type { Logger } from "../model/logger.ts";

/** How many records are kept. A probe may read what somebody else writes. */
const MAX_RECORDS = 500;

/** Keeps the records of a probe as lines, and passes them on at level debug: probes of a broken target fail all the time. */
export class ProbeLog implements Logger {
  readonly #lines: string[] = [];
  readonly #next: Logger;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #began = performance.now();

  /**
   * Creates a log.
   *
   * @param fields Fields to add to each record that is passed on.
   */
  constructor(next: Logger, fields: Readonly<Record<string, unknown>>) {
    this.#next = next;
    this.#fields = fields;
  }

  /** The lines, each with the seconds since the start. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Logs a detail. */
  debug(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#add("debug", message, fields);
  }

  /** Logs a step. */
  info(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#add("info", message, fields);
  }

  /** Logs something unusual. */
  warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#add("warn", message, fields);
  }

  /** Logs a failure. */
  error(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#add("error", message, fields);
  }

  #add(level: keyof Logger, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#lines.length >= MAX_RECORDS) return;
    this.#next.debug(message, { ...this.#fields, ...fields });
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(6);
    const words = Object.entries(fields).map(([name, value]) => ` ${name}=${formatted(value)}`);
    this.#lines.push(`${seconds} ${level.padEnd(5)} ${toOneLine(message)}${words.join("")}`);
  }
}

function formatted(value: unknown): string {
  const text = toOneLine(String(value));
  return /^[\w.:/+-]+$/.test(text) ? text : JSON.stringify(text);
}
