/**
 * Lines on their way to a reader that can be slow.
 *
 * @module
 */

/** The most bytes that are written at once, unless a single line is longer. */
const BATCH_BYTES = 64 * 1024;

/** The default for {@linkcode LineWriterOptions.maxBytes}: 1 MiB. */
const MAX_BYTES = 1024 * 1024;

/** Milliseconds for which a line waits before the sink counts as stalled. */
const STALL_DELAY = 100;

/** Options of {@linkcode LineWriter}. */
export interface LineWriterOptions {
  /**
   * The maximum number of bytes that wait to be written. Lines beyond it are dropped.
   *
   * @default {1048576}
   */
  maxBytes?: number;
}

/** Writes some of the bytes, and returns how many. */
export type WriteBytes = (bytes: Uint8Array) => Promise<number>;

interface Batch {
  readonly bytes: Uint8Array;
  readonly lines: number;
}

const ENCODER = new TextEncoder();

/**
 * Writes lines in their order without ever waiting for it. What does not fit in the buffer is dropped and counted; when all that
 * waited is written, a line says how many were dropped. Errors of the sink also count as dropped lines.
 */
export class LineWriter {
  readonly #write: WriteBytes;
  readonly #maxBytes: number;
  /** The lines that wait, without those that are being written. */
  #queue: Uint8Array[] = [];
  /** The bytes that wait or are being written. */
  #bytes = 0;
  #isWriting = false;
  #isStalled = false;
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  #written: Promise<void> = Promise.resolve();
  #dropped = 0;
  /** The dropped lines that no line has mentioned. */
  #unmentioned = 0;
  /** Whether the buffer was full and has not been empty since. */
  #isDropping = false;
  #describeDropped: (count: number) => string = () => "";

  /** Creates a writer on top of a sink. */
  constructor(write: WriteBytes, options: LineWriterOptions = {}) {
    this.#write = write;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
  }

  /** How many lines were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether there are lines that are not known to be written. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Whether a line has waited for more than 0.1 seconds behind those that are being written. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  /**
   * Writes a line as soon as the sink takes it. If nothing else is being written, the sink is called at once, so that the line
   * appears even if the program is busy afterwards.
   *
   * @param line The line, without a line feed.
   * @param describeDropped Returns the line that says how many were dropped, if some are before the next call.
   */
  write(line: string, describeDropped: (count: number) => string): void {
    this.#describeDropped = describeDropped;
    const bytes = ENCODER.encode(`${line}\n`);
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#maxBytes) this.#isDropping = true;
    if (this.#isDropping) return this.#drop(1);
    this.#enqueue(bytes);
    if (this.#isWriting) {
      this.#stallTimer ??= setTimeout(() => this.#isStalled = true, STALL_DELAY);
    } else {
      this.#isWriting = true;
      this.#written = this.#writeQueue();
    }
  }

  /** Resolves when all lines so far are written or dropped. Never rejects. */
  flush(): Promise<void> {
    return this.#written;
  }

  /** Takes the lines that wait, without those that are being written. */
  takeQueued(): Uint8Array {
    const bytes = concat(this.#queue);
    this.#queue = [];
    this.#bytes -= bytes.length;
    return bytes;
  }

  #enqueue(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#bytes += bytes.length;
  }

  #drop(lines: number): void {
    this.#dropped += lines;
    this.#unmentioned += lines;
  }

  async #writeQueue(): Promise<void> {
    while (this.#queue.length > 0) {
      const { bytes, lines } = this.#takeBatch();
      const isWritten = await this.#writeAll(bytes);
      this.#bytes -= bytes.length;
      if (!isWritten) this.#drop(lines);
      else if (this.#queue.length === 0) this.#mentionDropped();
    }
    this.#isDropping = false;
    this.#isWriting = false;
  }

  /** Removes lines from the start of the queue: as many as are written at once. */
  #takeBatch(): Batch {
    let lines = 0;
    let length = 0;
    do length += this.#queue[lines++]!.length; while (
      lines < this.#queue.length && length + this.#queue[lines]!.length <= BATCH_BYTES
    );
    return { bytes: concat(this.#queue.splice(0, lines)), lines };
  }

  async #writeAll(bytes: Uint8Array): Promise<boolean> {
    try {
      while (bytes.length > 0) {
        bytes = bytes.subarray(await this.#write(bytes));
        this.#stopStallTimer();
      }
      return true;
    } catch {
      this.#stopStallTimer();
      return false;
    }
  }

  #stopStallTimer(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    this.#isStalled = false;
  }

  #mentionDropped(): void {
    if (this.#unmentioned === 0) return;
    const line = this.#describeDropped(this.#unmentioned);
    this.#unmentioned = 0;
    this.#isDropping = false;
    this.#enqueue(ENCODER.encode(`${line}\n`));
  }
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    all.set(piece, end);
    end += piece.length;
  }
  return all;
}
