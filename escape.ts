/**
 * What may stand where in an exposition: names, label values, help texts and numbers.
 *
 * The rules are those of the
 * {@link https://prometheus.io/docs/instrumenting/exposition_formats/ | text format 0.0.4} and of the
 * {@link https://prometheus.io/docs/concepts/data_model/ | data model}.
 *
 * @module
 */

/** The schemes by which names with other characters are written where only legacy names are understood. */
export const ESCAPINGS = ["allow-utf-8", "underscores", "dots", "values"] as const;

/** One of {@linkcode ESCAPINGS}, as content types name it. */
export type Escaping = (typeof ESCAPINGS)[number];

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Tells whether a string is a metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
export function isMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** Tells whether a string is a label name, reserved ones included: `[a-zA-Z_][a-zA-Z0-9_]*`. */
export function isLabelName(name: string): boolean {
  return writeLabelName(name) === name;
}

/** Tells whether a string can be a name where names are not restricted: any text that UTF-8 can express, but not an empty one. */
export function isUtf8Name(name: string): boolean {
  return name !== "" && name.isWellFormed();
}

/** What a name has to be, for messages of errors. */
export function expectedName(kind: "metric" | "label", utf8Names: boolean): string {
  if (utf8Names) return "name that is not empty and has no lone surrogates";
  return `name that matches ${
    kind === "metric" ? "[a-zA-Z_:][a-zA-Z0-9_:]*" : "[a-zA-Z_][a-zA-Z0-9_]*"
  }`;
}

/** Tells whether a label name is reserved for Prometheus itself: it begins with `__`. */
export function isReservedLabelName(name: string): boolean {
  return name.startsWith("__");
}

/** What does not stand for itself under one of the schemes: all but letters, colons, and digits after the first character. */
const SPECIAL = /^\d|[^a-zA-Z\d:]/gu;

/**
 * Writes the name of a metric or a label by an escaping scheme.
 *
 * `allow-utf-8` leaves it as it is; with `underscores` other characters than those of legacy names become `_`; with `dots`
 * `.` becomes `_dot_` and what is neither letter, digit nor colon `__`; with `values` a name that is no legacy name begins
 * with `U__`, `_` becomes `__`, and other characters their code points in hexadecimal between underscores. Where the
 * specification and its implementations differ, which is in `dots` and in the letters of `values`, these prevail.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/escaping_schemes/}
 */
export function escapeName(name: string, escaping: Escaping): string {
  switch (escaping) {
    case "allow-utf-8":
      return name;
    case "underscores":
      return name.replace(SPECIAL, "_");
    case "dots":
      return name.replace(SPECIAL, (character) => character === "." ? "_dot_" : "__");
    case "values":
      return isMetricName(name)
        ? name
        : `U__${name.toWellFormed().replace(SPECIAL, writeCodePoint)}`;
  }
}

function writeCodePoint(character: string): string {
  return character === "_" ? "__" : `_${character.codePointAt(0)!.toString(16)}_`;
}

/** Label names as the text formats write them: those of which there are many occur again and again. */
const writtenNames = new Map<string, string>();

/** How many names are remembered, and how long they are at the most: requests can bring any. */
const REMEMBERED = { names: 10_000, length: 100 };

/** Writes the name of a label as the text formats do: in quotes unless it is a legacy name. */
export function writeLabelName(name: string): string {
  if (name.length > REMEMBERED.length) return formatLabelName(name);
  return writtenNames.get(name) ?? rememberLabelName(name);
}

function formatLabelName(name: string): string {
  return LABEL_NAME.test(name) ? name : quoteName(name);
}

function rememberLabelName(name: string): string {
  const written = formatLabelName(name);
  if (writtenNames.size >= REMEMBERED.names) writtenNames.clear();
  writtenNames.set(name, written);
  return written;
}

/** Writes a name in quotes. */
export function quoteName(name: string): string {
  return `"${escapeLabelValue(name)}"`;
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
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

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

/**
 * Writes the bound of a bucket or a quantile in the one way that OpenMetrics has for it: as Go does with `%g`, and `.0`
 * after what would have neither a point nor an exponent.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#considerations-canonical-numbers}
 */
export function formatBound(bound: number): string {
  if (!Number.isFinite(bound)) return formatValue(bound);
  const [mantissa = "", exponent = ""] = bound.toExponential().split("e");
  if (Number(exponent) >= -4 && Number(exponent) < 6) {
    return Number.isInteger(bound) ? `${bound}.0` : String(bound);
  }
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** Writes a timestamp that is in whole milliseconds as seconds, with all digits and without an exponent. */
export function formatSeconds(milliseconds: number): string {
  const magnitude = Math.abs(milliseconds);
  const fraction = String(magnitude % 1000).padStart(3, "0").replace(/0+$/, "");
  const seconds = `${milliseconds < 0 ? "-" : ""}${Math.floor(magnitude / 1000)}`;
  return fraction === "" ? seconds : `${seconds}.${fraction}`;
}
