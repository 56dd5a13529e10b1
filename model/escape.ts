/**
 * What may stand where in an exposition: names, label values, help texts and numbers.
 *
 * The rules are those of the
 * {@link https://prometheus.io/docs/instrumenting/exposition_formats/ | text format 0.0.4} and of the
 * {@link https://prometheus.io/docs/concepts/data_model/ | data model}.
 *
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

function escapeCharacter(character: string): string {
  return ESCAPES[character] ?? character;
}

/**
 * Escapes backslash, double quote and line feed. A lone surrogate becomes U+FFFD here rather than in
 * UTF-8, so that two values are told apart by what is exposed of them.
 */
export function escapeLabelValue(value: string): string {
  if (!value.isWellFormed()) value = value.toWellFormed();
  return /[\\"\n]/.test(value) ? value.replace(/[\\"\n]/g, escapeCharacter) : value;
}

/** Escapes backslash and line feed, and nothing else: a quote stands as it is in a help text. */
export function escapeHelp(help: string): string {
  if (!help.isWellFormed()) help = help.toWellFormed();
  return help.replace(/[\\\n]/g, escapeCharacter);
}
