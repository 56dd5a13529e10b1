/**
 * Lengths of Huffman codes that are limited, and that may share the space of all codes with others.
 *
 * @module
 */

/**
 * Computes the lengths of prefix codes with the least total weight: the sum of each length times its weight.
 *
 * A code of length l takes the share 2^-l of all codes; by Kraft's inequality, codes exist if their shares amount to 1 at most. So
 * lengths are found like coins in a purse (Larmore and Hirschberg, "A Fast Algorithm for Optimal Length-Limited Huffman Codes",
 * 1990): for each bit of its code, a symbol buys a coin that halves its share. The coin of bit l is worth 2^-l and costs the weight
 * of the symbol. The cheapest coins that are worth the number of symbols minus `share` are the lengths wanted. Beginning with the
 * longest codes, coins of one worth are packed in pairs, cheapest first, and compete with the coins of twice the worth.
 *
 * @param weights The positive weights of at least two symbols.
 * @param maxLength The maximum length of a code, at most 15.
 * @param share The share that the codes may take of all codes of the maximum length: 2^maxLength if there are no others.
 * @returns The lengths in bits. Their shares amount to `share` if that is the default. Otherwise they may be less: the purse does not
 * ensure that a symbol buys the coin of each bit before that of the next one.
 * @throws {RangeError} If there are no such codes.
 */
export function codeLengths(
  weights: ArrayLike<number>,
  maxLength: number,
  share: number = 2 ** maxLength,
): Uint8Array {
  const symbols = weights.length;
  const order = Array.from({ length: symbols }, (_, symbol) => symbol)
    .sort((a, b) => weights[a]! - weights[b]!);
  // What is left to buy, counted in coins of the longest codes.
  let rest = symbols * 2 ** maxLength - share;
  // For each length, whether a single coin is bought, and which of the cheapest items are coins. The others are packages.
  const singles: number[] = [];
  const areCoins: boolean[][] = [];
  let packages: number[] = [];
  for (let length = maxLength; length > 0; length--) {
    const costs: number[] = [];
    const isCoin: boolean[] = [];
    for (let coin = 0, pack = 0; coin < symbols || pack < packages.length;) {
      const cost = coin < symbols ? weights[order[coin]!]! : Infinity;
      isCoin.push(pack === packages.length || cost <= packages[pack]!);
      costs.push(isCoin.at(-1) ? cost : packages[pack]!);
      if (isCoin.at(-1)) coin++;
      else pack++;
    }
    const worth = 2 ** (maxLength - length);
    const single = Math.floor(rest / worth) % 2;
    rest -= single * worth;
    singles[length] = single;
    areCoins[length] = isCoin;
    packages = [];
    for (let i = single; i + 1 < costs.length; i += 2) packages.push(costs[i]! + costs[i + 1]!);
  }
  let bought = rest / 2 ** maxLength;
  if (!(share > 0) || bought > packages.length) {
    throw new RangeError(
      `Cannot limit ${symbols} codes to ${maxLength} bits: expected a share that suffices, got ${share}`,
    );
  }
  const lengths = new Uint8Array(symbols);
  for (let length = 1; length <= maxLength; length++) {
    // The cheapest items are bought: all coins among them, and all packages, whose items are the cheapest of the next length.
    const items = singles[length]! + 2 * bought;
    const coins = areCoins[length]!.slice(0, items).filter(Boolean).length;
    for (let i = 0; i < coins; i++) lengths[order[i]!]!++;
    bought = items - coins;
  }
  return lengths;
}
