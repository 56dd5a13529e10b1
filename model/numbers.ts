/**
 * Numbers in the text formats.
 *
 * @module
 */

/** Numbers that Go's `strconv.ParseFloat` and JavaScript parse alike. */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Parses the value of an `le` or `quantile` label. Returns undefined if it is not a number. */
export function parseBound(text: string): number | undefined {
  if (text === "+Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  const bound = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(bound) ? bound : undefined;
}

/** Formats a sample value: the shortest decimal that parses as the same number, `+Inf`, `-Inf` or `NaN`. */
export function formatValue(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

/**
 * Formats the bound of a bucket or a quantile as a canonical number of OpenMetrics: like Go's `%g`, with `.0` appended to
 * integers without an exponent.
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

/** Formats a timestamp in whole milliseconds as seconds, with all digits and without an exponent. */
export function formatSeconds(milliseconds: number): string {
  const magnitude = Math.abs(milliseconds);
  const fraction = String(magnitude % 1000).padStart(3, "0").replace(/0+$/, "");
  const seconds = `${milliseconds < 0 ? "-" : ""}${Math.floor(magnitude / 1000)}`;
  return fraction === "" ? seconds : `${seconds}.${fraction}`;
}
