/**
 * What may stand where in an exposition: names, label values, help texts and numbers.
 *
 * The rules are those of the
 * {@link https://prometheus.io/docs/instrumenting/exposition_formats/ | text format 0.0.4} and of the
 * {@link https://prometheus.io/docs/concepts/data_model/ | data model}.
 *
 * @module
 */

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Tells whether a string is a metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
export function isMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** Tells whether a string is a label name, reserved ones included: `[a-zA-Z_][a-zA-Z0-9_]*`. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name);
}

/** Tells whether a label name is reserved for Prometheus itself: it begins with `__`. */
export function isReservedLabelName(name: string): boolean {
  return name.startsWith("__");
}

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

/** The numbers that Go's `strconv.ParseFloat` and JavaScript read alike. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads the bound of a bucket or a quantile, which stands in a label. Undefined: it is none. */
export function parseBound(text: string): number | undefined {
  if (text === "+Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  const bound = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(bound) ? bound : undefined;
}

/** Writes a sample's value: the shortest decimal that reads back as the same number, `+Inf`, `-Inf` or `NaN`. */
export function formatValue(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}
