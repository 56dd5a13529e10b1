/**
 * Selection of series by name and labels, from the command line.
 *
 * @module
 */

import { labelIn, type Sample } from "../model/sample.ts";

/** Returns whether a sample is selected. */
export type SeriesFilter = (sample: Sample) => boolean;

/** The operators of Prometheus, and what they make of a match. */
const MATCHER = /^([^=!]+)(=~|!~|!=|=)(.*)$/s;

/**
 * Creates a filter.
 *
 * @param name A regular expression that the name of a sample must match somewhere.
 * @param labels Matchers as in PromQL, without quotes: `method=GET`, `method!=GET`, `path=~/api/.*`, `path!~/api/.*`. Regular
 *   expressions must match a whole value. A label that is absent has an empty value.
 * @throws {SyntaxError} If a matcher or a regular expression is invalid.
 */
export function seriesFilter(name: string | undefined, labels: readonly string[]): SeriesFilter {
  const filters = labels.map(labelFilter);
  if (name !== undefined) {
    const pattern = expression(name, name);
    filters.push((sample) => pattern.test(sample.name));
  }
  return (sample) => filters.every((filter) => filter(sample));
}

function labelFilter(matcher: string): SeriesFilter {
  const [, label, operator, text] = MATCHER.exec(matcher) ?? [];
  if (label === undefined || operator === undefined || text === undefined) {
    throw new SyntaxError(
      `Cannot use matcher ${
        JSON.stringify(matcher)
      }: expected a label, =, !=, =~ or !~, and a value`,
    );
  }
  const isNegative = operator.startsWith("!");
  const pattern = operator.endsWith("~") ? expression(`^(?:${text})$`, matcher) : undefined;
  return ({ labels }) => {
    const value = labelIn(labels, label) ?? "";
    return (pattern === undefined ? value === text : pattern.test(value)) !== isNegative;
  };
}

function expression(source: string, shown: string): RegExp {
  try {
    return new RegExp(source, "su");
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^Invalid regular expression: /, "");
    throw new SyntaxError(`Cannot use pattern ${JSON.stringify(shown)}: ${reason}`, { cause });
  }
}
