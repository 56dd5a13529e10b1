/**
 * A status document with something of everything, and hostile texts.
 *
 * @module
 */

import type { CollectorStatus, SeriesDocument, StatusDocument } from "../../status/document.ts";

/** A text that would run a script if it were not escaped, in content as well as in attributes. */
export const HOSTILE =
  `</style></script><script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;

/** The time of the document. */
export const NOW = 1_700_000_000;

/** A collector that works. */
export const WORKING: CollectorStatus = {
  ...{ name: "disk", state: "ok", since: null, error: null, duration: 0.25, deadline: 10 },
  ...{ ttl: 30, age: 12, samples: 1234, bytes: 56_789, lastSuccess: NOW - 12 },
  runs: [
    { time: NOW - 42, duration: 0.5, result: "ok", samples: 1234 },
    { time: NOW - 12, duration: 0.25, result: "ok", samples: 1234 },
  ],
};

/** A collector that fails. */
export const FAILING: CollectorStatus = {
  ...WORKING,
  ...{ name: "doors", state: "failing", since: NOW - 180, ttl: 0, age: null },
  error: { time: NOW - 5, kind: "TypeError", message: "no doors" },
  lastSuccess: NOW - 200,
  runs: [...WORKING.runs, { time: NOW - 5, duration: 1, result: "failed", samples: 0 }],
};

/** A status. */
export function statusOf(collectors: readonly CollectorStatus[]): StatusDocument {
  const families = [
    { name: "doors_open", type: "gauge", help: "Open.", unit: "", series: 4, growth: 0 },
    { name: "a_seconds", type: "counter", help: "", unit: "seconds", series: 96, growth: 7 },
  ] as const;
  return {
    version: 1,
    exporter: { name: "doors", version: "1.2.3", library: "0.1.0" },
    ...{ time: NOW, isReady: true, isDetailed: true, refresh: 5, summary: "All works" },
    collectors,
    metrics: {
      ...{ time: NOW, duration: 0.5, series: 100, familyCount: 2, found: 2, families },
      ...{ growthSince: NOW - 60, largest: families, growing: families.slice(1) },
      lint: [{ name: "a_seconds", problem: "no help text" }],
      lintCount: 1,
      leftOut: [{ collector: "doors", kind: "duplicate", what: 'a{b="c"}', samples: 2 }],
    },
    configuration: [{ key: "name", value: "doors", from: "file" }],
    runtime: {
      ...{ runtime: "Deno 2.9.6", v8: "15.0", platform: "linux x64" },
      ...{ started: NOW - 3600, memory: 80_000_000, heap: 9_000_000 },
    },
  };
}

/** Series of a family. */
export function seriesOf(count: number): SeriesDocument {
  return {
    ...{ version: 1, time: NOW, refresh: 5, matched: count, offset: 0 },
    family: { name: "a_total", type: "counter", help: "A.", unit: "", series: count, growth: 0 },
    series: Array.from({ length: Math.min(count, 50) }, (_, i) => {
      return { text: `a_total{id="${i}"}`, value: String(i), isCounter: true };
    }),
    labels: [{ name: "id", values: count }],
  };
}

/** The same with another text in place of each one. */
export function withTexts<T>(value: T, text: string): T {
  if (typeof value === "string") return text as T;
  if (Array.isArray(value)) return value.map((item) => withTexts(item, text)) as T;
  if (typeof value !== "object" || value === null) return value;
  const kept = ["state", "result", "type", "kind", "from"];
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isChoice = kept.includes(key) && item !== "TypeError";
      return [key, isChoice ? item : withTexts(item, text)];
    }),
  ) as T;
}
