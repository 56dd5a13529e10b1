/**
 * Names of OpenTelemetry as Prometheus writes them.
 *
 * @see {@link https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/}
 *
 * @module
 */

/** Units of UCUM as words. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ d: "days", h: "hours", min: "minutes", s: "seconds" },
  ...{ ms: "milliseconds", us: "microseconds", ns: "nanoseconds" },
  ...{ By: "bytes", KiBy: "kibibytes", MiBy: "mebibytes", GiBy: "gibibytes", TiBy: "tibibytes" },
  ...{ KBy: "kilobytes", MBy: "megabytes", GBy: "gigabytes", TBy: "terabytes" },
  ...{ m: "meters", V: "volts", A: "amperes", J: "joules", W: "watts", g: "grams" },
  ...{ Cel: "celsius", Hz: "hertz", "1": "", "%": "percent" },
};

/** Units after `/`. */
const PER_UNITS: Readonly<Record<string, string>> = {
  ...{ s: "second", m: "minute", h: "hour", d: "day", w: "week", mo: "month", y: "year" },
};

/** A metric, as its name depends on it. */
export interface NamedMetric {
  /** The name in OpenTelemetry. */
  readonly name: string;
  /** The unit in UCUM. */
  readonly unit: string;
  /** Which suffix the name gets. */
  readonly kind: "counter" | "gauge" | "other";
}

/**
 * Returns the name of a metric with the suffixes for its unit and type. Unless UTF-8 names are allowed, other characters than letters,
 * digits and colons become underscores.
 */
export function metricName({ name, unit, kind }: NamedMetric, utf8Names: boolean): string {
  const suffixes = unitSuffixes(unit);
  if (utf8Names) {
    const all = [...suffixes, ...typeSuffix(unit, kind)];
    return all.reduce(
      (name, suffix) => name.endsWith(`_${suffix}`) ? name : `${name}_${suffix}`,
      name.toWellFormed(),
    );
  }
  let tokens = splitWords(name);
  for (const suffix of suffixes) {
    if (!tokens.includes(suffix)) tokens.push(suffix);
  }
  for (const suffix of typeSuffix(unit, kind)) {
    tokens = [...tokens.filter((token) => token !== suffix), suffix];
  }
  const joined = tokens.join("_");
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

/** Returns the name of an attribute as that of a label. */
export function labelName(key: string, utf8Names: boolean): string {
  if (utf8Names) return key.toWellFormed();
  const name = key.replace(/[^a-zA-Z0-9_]/gu, "_");
  if (/^\d/.test(name)) return `key_${name}`;
  return name.startsWith("_") && !name.startsWith("__") ? `key${name}` : name;
}

function typeSuffix(unit: string, kind: NamedMetric["kind"]): string[] {
  if (kind === "counter") return ["total"];
  return kind === "gauge" && unit === "1" ? ["ratio"] : [];
}

function unitSuffixes(unit: string): string[] {
  const slash = unit.indexOf("/");
  const main = (slash === -1 ? unit : unit.slice(0, slash)).trim();
  const per = slash === -1 ? "" : unit.slice(slash + 1).trim();
  const suffixes: string[] = [];
  const first = wordOf(main, UNITS);
  if (first !== "") suffixes.push(first);
  const second = wordOf(per, PER_UNITS);
  if (second !== "") suffixes.push(`per_${second}`);
  return suffixes;
}

function wordOf(unit: string, words: Readonly<Record<string, string>>): string {
  if (/[{}]/.test(unit)) return "";
  return splitWords(Object.hasOwn(words, unit) ? words[unit]! : unit).join("_");
}

function splitWords(text: string): string[] {
  return text.split(/[^a-zA-Z0-9:]+/u).filter((word) => word !== "");
}
