/**
 * The series of a family on the status page. The script of the page has these functions, too, see `format`.
 *
 * @module
 */

import type { SeriesDocument } from "./document.ts";
import { escapeHtml, formatCount, formatNumber } from "./format.ts";

/** The values of a series over time: times in seconds since the epoch, and values. */
export type Points = readonly (readonly [time: number, value: number])[];

/**
 * Returns the series of a family.
 *
 * @param match The text that was searched for.
 * @param history The values of series over time by their texts, as far as they are known.
 */
export function seriesView(
  { series, matched, offset, family, labels }: SeriesDocument,
  match: string,
  history: Readonly<Record<string, Points>>,
): string {
  const link = (query: string, text: string, className = "") => {
    const href = escapeHtml(`?family=${encodeURIComponent(family.name)}${query}`);
    return `<a${className} href="${href}">${text}</a>`;
  };
  const counts = labels.map(({ name, values }) => {
    return `<li><span class="mono">${escapeHtml(name)}</span> ` +
      `<span class="soft">${formatCount(values)} ${values === 1 ? "value" : "values"}</span></li>`;
  });
  const labelList = labels.length === 0
    ? ""
    : `<ul class="labels" aria-label="Labels">${counts.join("")}</ul>`;
  const last = offset + series.length;
  const count = matched === 0
    ? "No series found"
    : matched === 1
    ? "1 series"
    : `Series ${formatCount(offset + 1)} to ${formatCount(last)} of ${formatCount(matched)}`;
  const found = match === "" ? "" : `&match=${encodeURIComponent(match)}`;
  const pages = [
    offset > 0 ? link(`${found}&offset=${Math.max(0, offset - 50)}`, "Previous") : "",
    last < matched ? link(`${found}&offset=${last}`, "Next") : "",
  ].filter((page) => page !== "");
  const isSingle = series.length === 1 && matched === 1;
  const rows = series.map(({ text, value, isCounter }) => {
    const points = history[text] ?? [];
    const name = `<span class="mono">${escapeHtml(text)}</span>`;
    const chosen = isSingle ? name : link(`&match=${encodeURIComponent(text)}`, name);
    const rate = isCounter ? `${rateView(points)}` : '<span class="soft">–</span>';
    return `<tr><th scope="row">${chosen}</th>` +
      `<td data-label="Value" class="number value">${escapeHtml(value)}</td>` +
      `<td data-label="Per second" class="number">${rate}</td>` +
      `<td data-label="Last minutes">${sparklineView(points, isCounter)}</td></tr>`;
  });
  const table = series.length === 0
    ? ""
    : `<table class="series${isSingle ? " single" : ""}"><thead><tr><th scope="col">Series</th>` +
      '<th scope="col" class="number">Value</th><th scope="col" class="number">Per second</th>' +
      `<th scope="col">Last minutes</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  const nav = pages.length === 0
    ? ""
    : `<nav class="pages" aria-label="Pages">${pages.join(" ")}</nav>`;
  return `${labelList}<p class="count" role="status">${count}</p>${table}${nav}`;
}

/** Returns the increase per second over the last minute. A decrease is a restart of what is counted. */
export function rateView(points: Points): string {
  const recent = points.slice(-13);
  const [first] = recent;
  const last = recent.at(-1);
  if (first === undefined || last === undefined || last[0] === first[0]) {
    return '<span class="soft">…</span>';
  }
  const rate = increaseIn(recent) / (last[0] - first[0]);
  return formatNumber(Number(rate.toPrecision(3)));
}

/** Returns how much a counter has increased. After a restart, it counts from 0. */
export function increaseIn(points: Points): number {
  let increase = 0;
  for (let i = 1; i < points.length; i++) {
    const [, before] = points[i - 1]!;
    const [, after] = points[i]!;
    increase += after < before ? after : after - before;
  }
  return increase;
}

/** Returns a small chart: of the values, or of the rates of a counter. */
export function sparklineView(points: Points, isCounter: boolean): string {
  const values = isCounter
    ? points.slice(1).map((point, i): [number, number] => {
      const before = points[i]!;
      return [point[0], increaseIn([before, point]) / Math.max(0.001, point[0] - before[0])];
    })
    : points;
  const finite = values.filter(([, value]) => Number.isFinite(value));
  const [first] = finite;
  const last = finite.at(-1);
  if (first === undefined || last === undefined || finite.length < 2) {
    return '<span class="soft waiting">collecting values</span>';
  }
  const least = Math.min(...finite.map(([, value]) => value));
  const most = Math.max(...finite.map(([, value]) => value));
  const height = most - least || 1;
  const width = last[0] - first[0] || 1;
  const line = finite.map(([time, value]) => {
    const x = 1 + 198 * (time - first[0]) / width;
    const y = most === least ? 16 : 30 - 28 * (value - least) / height;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const label = `From ${formatNumber(least)} to ${formatNumber(most)}` +
    `${isCounter ? " per second" : ""}, now ${formatNumber(last[1])}`;
  return `<svg class="spark" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 200 32" ` +
    `preserveAspectRatio="none"><path d="M${line.join("L")}"/></svg>` +
    `<span class="range" aria-hidden="true">${escapeHtml(label)}</span>`;
}
