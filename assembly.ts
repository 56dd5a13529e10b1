/**
 * Puts an exposition together, of text that is written anew and of lines that are kept.
 *
 * @module
 */

import { areEqual, join } from "./bytes.ts";
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

  /** Whether they were deflated before. */
  get isDeflated(): boolean {
    return this.#piece !== undefined;
  }

  /** The bytes deflated. */
  deflated(): DeflatedPiece {
    return this.#piece ??= deflatePiece(this.plain);
  }
}

const encoder = new TextEncoder();

/** Takes in the parts of an exposition one after the other. */
export class Assembly {
  /** The content coding. */
  readonly encoding: Encoding;
  readonly #known: readonly Run[];
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly #pieces: DeflatedPiece[] = [];
  readonly #runs: Run[] = [];
  readonly #loans: Loan[] = [];
  #text = "";
  #parts: Run[] = [];
  #length = 0;

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

  /** Adds text. Tells whether a piece is complete with it, so that this is the time to let others run. */
  addText(text: string): boolean {
    this.#text += text;
    if (this.#length + this.#text.length < PIECE) return false;
    this.#cut();
    return true;
  }

  /** Adds bytes that never change. */
  addBytes(bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.#addPart(new Run(bytes));
  }

  #addPart(run: Run): boolean {
    this.#flushText();
    this.#parts.push(run);
    this.#length += run.plain.byteLength;
    if (this.#length < PIECE) return false;
    this.#cut();
    return true;
  }

  /** Adds bytes that are kept and never change. */
  addRun(run: Run): void {
    if (run.plain.byteLength < ALONE) return void this.#addPart(run);
    this.#cut();
    this.#push(run);
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
    const chunks = this.#chunks.length;
    const pieces = this.#pieces.length;
    const runs = this.#runs.length;
    const loans = this.#loans.length;
    const [text, parts, length] = [this.#text, this.#parts.slice(), this.#length];
    return () => {
      for (const loan of this.#loans.splice(loans)) loan.readers--;
      this.#chunks.length = chunks;
      this.#pieces.length = pieces;
      this.#runs.length = runs;
      [this.#text, this.#parts, this.#length] = [text, parts, length];
    };
  }

  /** Gives everything. Nothing can be added any more. */
  end(): Uint8Array<ArrayBuffer>[] {
    this.#cut();
    return this.encoding === "gzip" ? gzipMember(this.#pieces) : this.#chunks;
  }

  #flushText(): void {
    if (this.#text === "") return;
    const run = new Run(encoder.encode(this.#text));
    this.#text = "";
    this.#parts.push(run);
    this.#length += run.plain.byteLength;
  }

  #cut(): void {
    this.#flushText();
    if (this.#length === 0) return;
    const [first, ...others] = this.#parts;
    const run = others.length === 0
      ? first!
      : new Run(join(this.#parts.map(({ plain }) => plain), this.#length));
    this.#parts = [];
    this.#length = 0;
    this.#push(run.isDeflated ? run : this.#recall(run));
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
