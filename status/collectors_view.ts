/**
 * Collectors on the status page. The script of the page has these functions, too, see `format`.
 *
 * @module
 */

import type { CollectorStatus, StatusDocument } from "./document.ts";
import { escapeHtml, formatBytes, formatCount, formatDuration } from "./format.ts";

/** Returns the sentence about the state of everything. */
export function summaryView({ summary, collectors, isReady }: StatusDocument): string {
  const [worst] = collectors;
  const isBad = worst !== undefined && worst.since !== null;
  const state = isBad ? worst.state : isReady ? "ok" : "idle";
  return `<p class="verdict ${state}">${glyphView(state)}<span>${escapeHtml(summary)}</span></p>`;
}

/** Returns the table of collectors. */
export function collectorsView(status: StatusDocument): string {
  const { collectors, time } = status;
  if (collectors.length === 0) return '<p class="none">There are no collectors.</p>';
  const heads = ["Collector", "Last run", "Cache", "Series", "Size", "Last runs"]
    .map((text, i) => `<th scope="col"${[3, 4].includes(i) ? ' class="number"' : ""}>${text}</th>`);
  return `<table class="collectors"><thead><tr>${heads.join("")}</tr></thead>` +
    collectors.map((collector) => collectorView(collector, time)).join("") + "</table>";
}

/** Returns the rows of a collector. */
export function collectorView(collector: CollectorStatus, time: number): string {
  const { name, state, duration, deadline, ttl, age, samples, bytes, since } = collector;
  const words = {
    ...{ failing: "fails", late: "late", stale: "fails, older result" },
    ...{ running: "first run", idle: "not run yet", ok: "works" },
  };
  const none = '<span class="soft">–</span>';
  const limit = ` <span class="soft">of ${formatDuration(deadline)}</span>`;
  const cached = age === null ? "empty" : formatDuration(age);
  const cells = [
    ["Last run", duration === null ? none : formatDuration(duration) + limit],
    [
      "Cache",
      ttl === 0 ? none : `${cached} <span class="soft">of ${formatDuration(ttl)}</span>`,
    ],
    ["Series", samples === null ? none : formatCount(samples)],
    ["Size", bytes === null ? none : formatBytes(bytes)],
    ["Last runs", runsView(collector)],
  ].map(([label, content]) => {
    const classes = [
      label === "Series" || label === "Size" ? "number" : "",
      content === none ? "blank" : "",
    ];
    return `<td data-label="${label}" class="${classes.join(" ").trim()}">${content}</td>`;
  });
  const title = name === "" ? '<span class="soft">without a name</span>' : escapeHtml(name);
  const row = `<tr><th scope="row"><span class="name">${glyphView(state)}${title}</span> ` +
    `<span class="state">${words[state]}</span></th>${cells.join("")}</tr>`;
  const trouble = since === null
    ? ""
    : `<tr class="trouble-row"><td colspan="6">${troubleView(collector, time)}</td></tr>`;
  return `<tbody class="${state}">${row}${trouble}</tbody>`;
}

/** Returns the error of a collector in a bad state, since when, and when it last succeeded. */
export function troubleView(
  { state, error, since, lastSuccess, deadline }: CollectorStatus,
  time: number,
): string {
  const isRecent = error !== null && (since === null || error.time >= since - 0.001);
  const said = !isRecent
    ? `Not done at the deadline, after ${formatDuration(deadline)}`
    : error.message === ""
    ? `${escapeHtml(error.kind)} <span class="soft">(the message is in the log)</span>`
    : `${escapeHtml(error.kind)}: ${escapeHtml(error.message)}`;
  const ago = since === null ? "" : `for ${formatDuration(Math.max(0, time - since))}, `;
  const success = lastSuccess === null
    ? "never succeeded before"
    : `last success ${formatDuration(Math.max(0, time - lastSuccess))} ago`;
  return `<p class="trouble ${state}"><code>${said}</code> ` +
    `<span class="when">${ago}${success}</span></p>`;
}

/** Returns a bar for each of the last runs. Shapes distinguish the results: an exclamation mark for a failure, a frame if late. */
export function runsView({ runs }: CollectorStatus): string {
  if (runs.length === 0) return '<span class="soft">none</span>';
  const longest = Math.max(...runs.map(({ duration }) => duration), 1e-6);
  const offset = 30 - runs.length;
  const bars = runs.map(({ duration, result }, i) => {
    const x = (offset + i) * 5;
    if (result === "failed") {
      return `<path class="failed" d="M${x} 0h4v14h-4zM${x} 17h4v3h-4z"/>`;
    }
    if (result === "late") return `<path class="late" d="M${x + 0.5} .5h3v19h-3z"/>`;
    const height = Math.max(2, Math.round(20 * duration / longest));
    return `<path d="M${x} ${20 - height}h4v${height}h-4z"/>`;
  });
  const count = (wanted: string) => runs.filter(({ result }) => result === wanted).length;
  const parts = [`${count("ok")} succeeded`];
  if (count("failed") > 0) parts.push(`${count("failed")} failed`);
  if (count("late") > 0) parts.push(`${count("late")} late`);
  const label = `Of the last ${runs.length} runs, ${parts.join(", ")}`;
  return `<svg class="runs" role="img" aria-label="${label}" viewBox="0 0 149 20" ` +
    `width="149" height="20">${bars.join("")}</svg>`;
}

/** Returns a mark for a state. Its shape differs as well as its color. */
export function glyphView(state: string): string {
  const paths: Record<string, string> = {
    ok: "M2.5 8.5l3.5 3.5 7.5-8",
    failing: "M3 3l10 10M13 3L3 13",
    late: "M8 3.5V8l3 2.5M8 1.5a6.5 6.5 0 1 0 .01 0z",
    stale: "M8 2L15 14H1zM8 6.5v3.5M8 11.7v.6",
    running: "M4 2.5l9 5.5-9 5.5z",
    idle: "M4 8h8",
  };
  return `<svg class="glyph" aria-hidden="true" viewBox="0 0 16 16" width="16" height="16">` +
    `<path d="${paths[state] ?? paths["idle"]}"/></svg>`;
}
