/**
 * Patterns for metric names.
 *
 * @module
 */

/** Describes what {@linkcode parseNamePattern} accepts. */
export const NAME_PATTERN = 'a pattern such as "node_*", or a regular expression';

const GLOB = /^[\w:*?]+$/;
const WILDCARDS = /[*?]/g;

/** A pattern that whole names match. */
export interface NamePattern {
  /** Returns whether it matches a name. */
  matches(name: string): boolean;
  /** Returns a name that it matches with the target of a renaming put in its place. */
  rename(name: string, target: string): string;
}

/**
 * Parses a pattern. If it consists of letters, digits, `_`, `:`, `*` and `?`, these two stand for any characters and for any
 * character, and the wildcards of the target of a renaming for what they matched, in order. Anything else is a regular expression,
 * whose groups are `$1`, `$2` and so on in the target. Undefined if it is neither.
 */
export function parseNamePattern(text: string): NamePattern | undefined {
  const isGlob = GLOB.test(text);
  const body = isGlob ? text.replaceAll(WILDCARDS, (mark) => mark === "*" ? "(.*)" : "(.)") : text;
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${body})$`, "u");
  } catch {
    return undefined;
  }
  return {
    matches: (name) => expression.test(name),
    rename(name, target) {
      let group = 0;
      const replacement = isGlob ? target.replaceAll(WILDCARDS, () => `$${++group}`) : target;
      return name.replace(expression, replacement);
    },
  };
}
