/**
 * Reads and writes bits as deflate packs them (RFC 1951, section 3.1.1): from the lowest bit of each byte to the highest.
 *
 * Bytes are accessed as words of 32 bits, in little-endian order.
 *
 * @module
 */

/** Whether words of this machine have the byte order of deflate, which nearly all have. */
export const isLittleEndian: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The initial number of words. */
const INITIAL_WORDS = 1 << 10;

/** Appends bits to an array of words. */
export class BitWriter {
  /** The words, of which the bits before {@linkcode BitWriter.position} are valid. Replaced when more are reserved. */
  words: Int32Array<ArrayBuffer> = new Int32Array(INITIAL_WORDS);
  /** The number of bits written. */
  position = 0;

  /** Starts again: at a position other than 0, the bits before it are those of `words`, from the last word boundary on. */
  start(position = 0, words?: Int32Array): void {
    this.position = position;
    if ((position & 31) !== 0) this.words[position >>> 5] = words![position >>> 5]!;
  }

  /** Ensures capacity up to this number of bits. Other methods do not check it. */
  reserve(bits: number): void {
    const count = (bits >>> 5) + 2;
    if (count <= this.words.length) return;
    const larger = new Int32Array(2 * count);
    larger.set(this.words);
    this.words = larger;
  }

  /** Writes at most 32 bits. All others in `bits` must be 0. */
  put(bits: number, count: number): void {
    const { position, words } = this;
    const word = position >>> 5;
    const shift = position & 31;
    if (shift === 0) words[word] = bits;
    else {
      words[word] = (words[word]! & ((1 << shift) - 1)) | (bits << shift);
      if (shift + count > 32) words[word + 1] = bits >>> (32 - shift);
    }
    this.position = position + count;
  }

  /** Writes a code, see `canonicalCodes()`. */
  putCode(code: number): void {
    this.put(code & 0xffff, code >>> 16);
  }

  /** Writes the bits between two positions of other words. */
  copy(from: Int32Array, start: number, end: number): void {
    let at = start;
    const toBoundary = Math.min(-this.position & 31, end - at);
    if (toBoundary > 0) {
      this.put(bitsAt(from, at) & ((1 << toBoundary) - 1), toBoundary);
      at += toBoundary;
    }
    const count = (end - at) >>> 5;
    if (count > 0) {
      copyWords(from, at, this.words, this.position >>> 5, count);
      this.position += 32 * count;
      at += 32 * count;
    }
    if (at < end) this.put(bitsAt(from, at) & ((1 << (end - at)) - 1), end - at);
  }

  /** Writes zeros up to the next byte boundary. */
  align(): void {
    this.put(0, -this.position & 7);
  }
}

function copyWords(
  from: Int32Array,
  start: number,
  to: Int32Array,
  first: number,
  count: number,
): void {
  const shift = start & 31;
  let read = start >>> 5;
  if (shift === 0) {
    for (let i = 0; i < count; i++) to[first + i] = from[read + i]!;
    return;
  }
  let low = from[read]! >>> shift;
  for (let i = 0; i < count; i++) {
    const next = from[++read]!;
    to[first + i] = low | (next << (32 - shift));
    low = next >>> shift;
  }
}

/** Returns the 32 bits from a position on. Those beyond the end of the words are 0. */
export function bitsAt(words: Int32Array, position: number): number {
  const word = position >>> 5;
  const shift = position & 31;
  return shift === 0 ? words[word]! : (words[word]! >>> shift) | (words[word + 1]! << (32 - shift));
}

/** Flips those of at most 32 bits from a position on that are set in `bits`. */
export function flipBits(words: Int32Array, position: number, bits: number, count: number): void {
  const word = position >>> 5;
  const shift = position & 31;
  words[word]! ^= bits << shift;
  if (shift + count > 32) words[word + 1]! ^= bits >>> (32 - shift);
}
