/**
 * Durations as Go writes them.
 *
 * @module
 */

const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/**
 * Parses a duration such as `1m30s`, by the rules of {@link https://pkg.go.dev/time#ParseDuration | time.ParseDuration}, but without a
 * sign.
 *
 * @returns The seconds; undefined if the text is not a duration.
 */
export function parseGoDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (text.length > 100 || !DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(PART)) seconds += Number(amount) * SECONDS[unit!]!;
  return seconds;
}
