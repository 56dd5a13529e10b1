/**
 * Patterns of targets that are any text, with `*` for any characters.
 *
 * @module
 */

/** Returns a function that tells whether a text matches one of the patterns. Without patterns, every text does. */
export function textMatcher(patterns: readonly string[] | undefined): (text: string) => boolean {
  const split = patterns?.map((pattern) => pattern.split("*"));
  return (text) => split?.some((parts) => matches(text, parts)) ?? true;
}

/** Takes a time that grows with the length of the text, since each part is found where it occurs first. */
function matches(text: string, [first = "", ...others]: readonly string[]): boolean {
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
