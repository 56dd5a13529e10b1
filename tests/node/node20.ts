/**
 * Takes from the runtime what Node 20 does not have yet, so that a newer one fails where that would.
 *
 * @module
 */

const ITERATOR_PROTOTYPE = Object.getPrototypeOf(Object.getPrototypeOf([].values()));

const NEWER: [holder: object, names: string[]][] = [
  [globalThis, ["Iterator", "Float16Array", "navigator"]],
  [Promise, ["withResolvers", "try"]],
  [Array, ["fromAsync"]],
  [Object, ["groupBy"]],
  [Map, ["groupBy"]],
  [RegExp, ["escape"]],
  [Error, ["isError"]],
  [Math, ["f16round", "sumPrecise"]],
  [Uint8Array, ["fromBase64", "fromHex"]],
  [Uint8Array.prototype, ["setFromBase64", "setFromHex", "toBase64", "toHex"]],
  [ArrayBuffer.prototype, ["transfer", "transferToFixedLength"]],
  [Map.prototype, ["getOrInsert", "getOrInsertComputed"]],
  [Set.prototype, [
    ...["union", "intersection", "difference", "symmetricDifference"],
    ...["isSubsetOf", "isSupersetOf", "isDisjointFrom"],
  ]],
  [ITERATOR_PROTOTYPE, [
    ...["map", "filter", "take", "drop", "flatMap", "reduce", "toArray"],
    ...["forEach", "some", "every", "find"],
  ]],
];

for (const [holder, names] of NEWER) {
  for (const name of names) Reflect.deleteProperty(holder, name);
}
