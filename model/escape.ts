/**
 * Escaping of label values and help texts in the text formats.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details}
 *
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

function escapeCharacter(character: string): string {
  return ESCAPES[character] ?? character;
}

/**
 * Escapes backslash, double quote and line feed. Lone surrogates become U+FFFD here, not only when the text is encoded
 * as UTF-8: values that are exposed alike must also compare as equal.
 */
export function escapeLabelValue(value: string): string {
  if (!value.isWellFormed()) value = value.toWellFormed();
  return /[\\"\n]/.test(value) ? value.replace(/[\\"\n]/g, escapeCharacter) : value;
}

/** Escapes backslash and line feed. In help texts, quotes are not escaped. */
export function escapeHelp(help: string): string {
  if (!help.isWellFormed()) help = help.toWellFormed();
  return help.replace(/[\\\n]/g, escapeCharacter);
}
