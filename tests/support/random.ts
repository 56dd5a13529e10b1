/**
 * Random numbers that are the same on each run.
 *
 * @module
 */

/** Numbers from 0 to below 1 (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Finite numbers above 0 of every size, subnormal ones included. */
export function magnitudes(random: () => number): () => number {
  const view = new DataView(new ArrayBuffer(8));
  return () => {
    for (;;) {
      view.setUint32(0, random() * 2 ** 31);
      view.setUint32(4, random() * 2 ** 32);
      const value = view.getFloat64(0);
      if (value > 0 && value < Infinity) return value;
    }
  };
}

/** Numbers of a normal distribution (Box and Muller). */
export function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
