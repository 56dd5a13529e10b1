/**
 * Puts an exposition together, of text that is written anew and of lines that are kept.
 *
 * @module
 */

import { ByteWriter } from "./byte_writer.ts";
import { areEqual } from "./bytes.ts";
import { type DeflatedPiece, deflatePiece, gzipMember } from "./gzip.ts";
import type { KeptLines, Loan } from "./kept_lines.ts";
import type { Encoding } from "./negotiate.ts";

/** How long text gets before it becomes a piece. */
const PIECE = 1 << 16;

/** Fewer bytes are joined to what is around them. */
const ALONE = 1 << 13;

/** Bytes that never change, with what they were deflated to if that was ever needed. */
export class Run {
  /** The bytes. */
  readonly plain: Uint8Array<ArrayBuffer>;
  #piece: DeflatedPiece | undefined;

  /** Deflates nothing yet. */
  constructor(plain: Uint8Array<ArrayBuffer>) {
    this.plain = plain;
  }

  /** How many bytes it holds on to. */
  get held(): number {
    return this.plain.byteLength + (this.#piece?.bytes.byteLength ?? 0);
  }

  /** The bytes deflated. */
  deflated(): DeflatedPiece {
    return this.#piece ??= deflatePiece(this.plain);
  }
}

/** Writers that nobody uses, which the next exposition need not make anew. */
const writers: ByteWriter[] = [];

/** How many of them are kept, and how many bytes each may have room for. */
const SPARE = 4;
const LARGEST = 1 << 20;

/** Takes in the parts of an exposition one after the other. */
export class Assembly {
  /** The content coding. */
  readonly encoding: Encoding;
  readonly #known: readonly Run[];
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly #pieces: DeflatedPiece[] = [];
  readonly #runs: Run[] = [];
  readonly #loans: Loan[] = [];
  /** What is not part of a piece yet: a small run, or bytes. */
  #pending: Run | undefined;
  readonly #bytes: ByteWriter = writers.pop() ?? new ByteWriter();

  /**
   * Starts empty.
   *
   * @param known The runs of an exposition that may be much the same.
   */
  constructor(encoding: Encoding, known: readonly Run[] = []) {
    this.encoding = encoding;
    this.#known = known;
  }

  /** The runs of text that were deflated, for the next time. */
  get runs(): readonly Run[] {
    return this.#runs;
  }

  /** The loans of kept lines, which whoever has the exposition gives back. */
  get loans(): readonly Loan[] {
    return this.#loans;
  }

  /** Where to write. Whoever has written a line calls {@linkcode Assembly.endLine}. */
  get writer(): ByteWriter {
    if (this.#pending !== undefined) {
      this.#bytes.bytes(this.#pending.plain);
      this.#pending = undefined;
    }
    return this.#bytes;
  }

  /** Tells whether a piece is complete with what was written, so that this is the time to let others run. */
  endLine(): boolean {
    if (this.#bytes.length < PIECE) return false;
    this.#cut();
    return true;
  }

  /** Adds text. Tells what {@linkcode Assembly.endLine} does. */
  addText(text: string): boolean {
    if (text !== "") this.writer.text(text);
    return this.endLine();
  }

  /** Adds bytes that never change. Those of small runs are copied unless they stand alone. */
  addRun(run: Run): void {
    if (run.plain.byteLength >= ALONE) {
      this.#cut();
      this.#push(run);
    } else if (this.#pending === undefined && this.#bytes.length === 0) {
      this.#pending = run;
    } else {
      this.writer.bytes(run.plain);
      this.endLine();
    }
  }

  /** Adds kept lines as they are now. */
  addLines(lines: KeptLines): void {
    this.#cut();
    if (this.encoding === "gzip") {
      this.#pieces.push(lines.deflated());
      return;
    }
    lines.loan.readers++;
    this.#loans.push(lines.loan);
    this.#chunks.push(lines.bytes);
  }

  /** Gives a function that takes back what is added from now on. */
  checkpoint(): () => void {
    this.#cut();
    const chunks = this.#chunks.length;
    const pieces = this.#pieces.length;
    const runs = this.#runs.length;
    const loans = this.#loans.length;
    return () => {
      for (const loan of this.#loans.splice(loans)) loan.readers--;
      this.#chunks.length = chunks;
      this.#pieces.length = pieces;
      this.#runs.length = runs;
      this.#bytes.length = 0;
      this.#pending = undefined;
    };
  }

  /** Gives everything. Nothing can be added any more. */
  end(): Uint8Array<ArrayBuffer>[] {
    this.#cut();
    const isLarge = this.#bytes.buffer.length > LARGEST;
    if (writers.length < SPARE && !isLarge) writers.push(this.#bytes);
    return this.encoding === "gzip" ? gzipMember(this.#pieces) : this.#chunks;
  }

  #cut(): void {
    if (this.#pending !== undefined) this.#push(this.#pending);
    else if (this.#bytes.length > 0) this.#push(this.#recall(new Run(this.#bytes.take())));
    this.#pending = undefined;
  }

  #push(run: Run): void {
    if (this.encoding === "gzip") this.#pieces.push(run.deflated());
    else this.#chunks.push(run.plain);
  }

  /** The same run of the time before, which is deflated already, if there is one in its place. */
  #recall(run: Run): Run {
    if (this.encoding === "identity") return run;
    const known = this.#known[this.#runs.length];
    const recalled = known && areEqual(known.plain, run.plain) ? known : run;
    this.#runs.push(recalled);
    return recalled;
  }
}
