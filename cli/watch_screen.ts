/**
 * The screen of the command `watch`.
 *
 * @module
 */

import { styleText } from "node:util";
import { formatBytes } from "./progress.ts";
import type { SeriesChange } from "./series_changes.ts";
import { formatRows, HEADING } from "./series_table.ts";
import { shownTarget } from "./source.ts";
import {
  type Reading,
  type Sort,
  sorted,
  SORTS,
  type Watched,
  type WatchOptions,
} from "./watched.ts";

/** What the screen shows. */
export interface ScreenState {
  /** The target, without a password. */
  readonly target: string;
  /** Seconds between two readings. */
  readonly interval: number;
  /** The latest reading, once there is one. */
  reading: Reading | undefined;
  /** Why the last reading failed, if it did. */
  failure: string | undefined;
  /** The order. */
  sort: Sort;
  /** Whether no more readings are taken. */
  isPaused: boolean;
  /** The text that series must contain, in any case. */
  search: string;
  /** Whether keys change that text. */
  isSearching: boolean;
  /** The number of rows above the first one that is shown. */
  offset: number;
}

/** The size of a terminal in characters. */
export interface ScreenSize {
  /** The width. */
  readonly columns: number;
  /** The height. */
  readonly rows: number;
}

const DEFAULT_SIZE: ScreenSize = { columns: 80, rows: 24 };

/** The lines above the series. */
const HEADER_LINES = 3;

/** Returns the lines of the screen. As a side effect, an offset beyond the last page becomes that of the last page. */
export function screenLines(
  state: ScreenState,
  { columns, rows }: ScreenSize,
  hasColors: boolean,
): string[] {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    hasColors ? styleText(style, text, { validateStream: false }) : text;
  const shown = found(state);
  const height = Math.max(rows - HEADER_LINES, 1);
  state.offset = Math.max(0, Math.min(state.offset, shown.length - height));
  const page = sorted(shown, state.sort).slice(state.offset, state.offset + height);
  const second = state.isSearching || state.search !== ""
    ? `Search: ${state.search}${state.isSearching ? "_" : ""}`
    : "q quit   space pause   s sort   / search   ↑ ↓ scroll";
  return [
    paint("bold", fit(title(state, shown.length), columns)),
    state.failure === undefined
      ? paint("dim", fit(`${second}   sorted by ${state.sort}`, columns))
      : paint(["bold", "red"], fit(state.failure, columns)),
    paint("underline", fit(HEADING, columns)),
    ...formatRows(page, { columns, hasColors }),
  ];
}

function title(
  { target, interval, reading, isPaused }: ScreenState,
  shown: number,
): string {
  const state = isPaused ? "paused" : `every ${interval} s`;
  if (reading === undefined) return `${target}   ${state}   waiting`;
  const { total, time, milliseconds, length, problems } = reading;
  const number = shown === total ? `${total} series` : `${shown} of ${total} series`;
  const bad = problems === 0 ? "" : `   ${problems} problems`;
  return `${target}   ${state}   ${time.toTimeString().slice(0, 8)}   ${number}   ${
    formatBytes(length)
  } in ${milliseconds.toFixed(0)} ms${bad}`;
}

function found({ reading, search }: ScreenState): readonly SeriesChange[] {
  const { changes = [] } = reading ?? {};
  if (search === "") return changes;
  const text = search.toLowerCase();
  return changes.filter(({ sample }) => sample.series.toLowerCase().includes(text));
}

function fit(line: string, columns: number): string {
  return line.slice(0, columns);
}

/**
 * Applies a key to the state.
 *
 * @param key What a terminal in raw mode sends.
 * @param page The number of rows that are shown.
 * @returns Whether to go on.
 */
export function applyKey(state: ScreenState, key: string, page: number): boolean {
  if (key === "\x03") return false;
  if (state.isSearching) {
    applySearchKey(state, key);
    return true;
  }
  switch (key) {
    case "q":
      return false;
    case " ":
      state.isPaused = !state.isPaused;
      break;
    case "s":
      state.sort = SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length]!;
      break;
    case "/":
      state.isSearching = true;
      break;
    case "\x1b":
      state.search = "";
      break;
    case "\x1b[A":
      state.offset--;
      break;
    case "\x1b[B":
      state.offset++;
      break;
    case "\x1b[5~":
      state.offset -= page;
      break;
    case "\x1b[6~":
      state.offset += page;
      break;
    case "\x1b[H":
      state.offset = 0;
      break;
    case "\x1b[F":
      state.offset = Infinity;
      break;
  }
  return true;
}

function applySearchKey(state: ScreenState, key: string): void {
  if (key === "\r") {
    state.isSearching = false;
  } else if (key === "\x1b") {
    state.isSearching = false;
    state.search = "";
  } else if (key === "\x7f" || key === "\b") {
    state.search = Array.from(state.search).slice(0, -1).join("");
  } else if (/^[^\p{Cc}]+$/u.test(key)) state.search += key;
  state.offset = 0;
}

/** Splits what a terminal in raw mode sends into keys: control sequences and single characters. */
export function splitKeys(text: string): string[] {
  // deno-lint-ignore no-control-regex -- control sequences begin with a control character
  return text.match(/\x1b\[[\d;]*[A-Za-z~]|./gsu) ?? [];
}

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** Shows a target on the whole terminal until the user ends it. */
export class WatchScreen {
  readonly #watched: Watched;
  readonly #state: ScreenState;
  readonly #end = new AbortController();

  /** Prepares the screen. */
  constructor(watched: Watched, { target, interval, sort }: WatchOptions) {
    this.#watched = watched;
    this.#state = {
      target: shownTarget(target),
      interval,
      reading: undefined,
      failure: undefined,
      sort,
      isPaused: false,
      search: "",
      isSearching: false,
      offset: 0,
    };
  }

  /** Resolves when the user ends it. The terminal is then as before. */
  async run(): Promise<void> {
    const redraw = () => this.#draw();
    const end = () => this.#end.abort();
    const hasKeys = Deno.stdin.isTerminal();
    Deno.addSignalListener("SIGWINCH", redraw);
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, end);
    if (hasKeys) Deno.stdin.setRaw(true);
    write(ENTER);
    try {
      if (hasKeys) void this.#readKeys();
      await this.#readOn();
    } finally {
      write(LEAVE);
      if (hasKeys) Deno.stdin.setRaw(false);
      Deno.removeSignalListener("SIGWINCH", redraw);
      for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, end);
    }
  }

  async #readOn(): Promise<void> {
    const { signal } = this.#end;
    this.#draw();
    while (!signal.aborted) {
      if (!this.#state.isPaused) await this.#read(signal);
      await pause(this.#state.interval, signal);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      this.#state.reading = await this.#watched.read({ signal });
      this.#state.failure = undefined;
    } catch (error) {
      this.#state.failure = (error as Error).message;
    }
    this.#draw();
  }

  async #readKeys(): Promise<void> {
    const buffer = new Uint8Array(64);
    const decoder = new TextDecoder();
    while (!this.#end.signal.aborted) {
      const count = await Deno.stdin.read(buffer);
      const keys = splitKeys(decoder.decode(buffer.subarray(0, count ?? 0), { stream: true }));
      const page = terminalSize().rows - HEADER_LINES;
      const goesOn = keys.every((key) => applyKey(this.#state, key, page));
      if (count === null || !goesOn) return this.#end.abort();
      this.#draw();
    }
  }

  #draw(): void {
    if (this.#end.signal.aborted) return;
    const lines = screenLines(this.#state, terminalSize(), !Deno.noColor);
    write(`${HOME}${lines.join(`${CLEAR_LINE}\r\n`)}${CLEAR_LINE}${CLEAR_BELOW}`);
  }
}

/** Some terminals do not tell their size. */
function terminalSize(): ScreenSize {
  const { columns, rows } = Deno.consoleSize();
  return { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Waits some seconds, or until the signal. */
function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    signal.addEventListener("abort", end);
  });
}
