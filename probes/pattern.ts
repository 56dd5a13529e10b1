/**
 * Regular expressions in the syntax of RE2, as in Go. They take a time that grows with the length of the text only, whatever a target
 * sends: those of JavaScript can take forever.
 *
 * @module
 */

import { RE2JS } from "re2js";
import { describe } from "../model/describe.ts";

/** A match with its groups. The first item is the whole match. */
export type Match = readonly (string | undefined)[];

/** A compiled regular expression. */
export class Pattern {
  readonly #compiled: RE2JS;
  /** The expression. */
  readonly source: string;

  /**
   * Compiles an expression.
   *
   * @throws {SyntaxError} If it is invalid.
   */
  constructor(source: string) {
    this.source = source;
    try {
      this.#compiled = RE2JS.compile(source);
    } catch (cause) {
      throw new SyntaxError(
        `Cannot compile ${describe(source)}: expected a regular expression of RE2`,
        { cause },
      );
    }
  }

  /** Returns whether a text contains a match. */
  test(text: string): boolean {
    return this.#compiled.matcher(text).find();
  }

  /** Returns the first match; undefined if there is none. */
  match(text: string): Match | undefined {
    const matcher = this.#compiled.matcher(text);
    if (!matcher.find()) return undefined;
    const count = this.#compiled.groupCount();
    return Array.from({ length: count + 1 }, (_, i) => matcher.group(i) ?? undefined);
  }
}

/** Replaces `$1` and `${1}` in a template by groups of a match, as Go does. A group that does not exist is empty. */
export function expand(template: string, match: Match): string {
  return template.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced, plain) => {
    return whole === "$$" ? "$" : match[Number(braced ?? plain)] ?? "";
  });
}
