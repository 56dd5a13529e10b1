/**
 * Texts for people: escaping, counts, durations and sizes.
 *
 * These functions, and those of the modules `…_view`, are also part of the script of the status page, as their source text. So they
 * use nothing but each other.
 *
 * @module
 */

/** Escapes a text for HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Formats an integer with separators: `102,334`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** Formats a duration in seconds with a suitable unit: `0.4 ms`, `1.25 s`, `3 min`. */
export function formatDuration(seconds: number): string {
  if (seconds === Infinity) return "∞";
  if (seconds < 0.0995) return `${Number((seconds * 1000).toPrecision(2))} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 99.5) return `${Number(seconds.toPrecision(seconds < 10 ? 3 : 2))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** Formats a size in bytes with a suitable unit: `12.3 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Number((bytes / 1e3).toPrecision(3))} kB`;
  if (bytes < 999_500_000) return `${Number((bytes / 1e6).toPrecision(3))} MB`;
  return `${Number((bytes / 1e9).toPrecision(3))} GB`;
}

/** Formats the value of a series, or a difference of two, with at most six digits. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en-US");
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e9) return value.toExponential(3);
  return Number(value.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 9 });
}
