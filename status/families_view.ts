/**
 * Metric families on the status page. The script of the page has these functions, too, see `format`.
 *
 * @module
 */

import type { FamilySize, MetricsStatus, StatusDocument } from "./document.ts";
import { escapeHtml, formatCount, formatDuration } from "./format.ts";

/** Returns the families that a search has found. */
export function familiesView({ metrics }: StatusDocument, search: string, sort: string): string {
  if (metrics === null) return '<p class="none">Nothing has been collected yet.</p>';
  const { families, found, familyCount } = metrics;
  const all = `${formatCount(familyCount)} ${familyCount === 1 ? "family" : "families"}`;
  const shown = found > families.length ? `, the first ${families.length} of them here` : "";
  const count = search === "" ? `${all}${shown}` : `${formatCount(found)} of ${all} found${shown}`;
  const caption = `<p class="count" role="status">${count}</p>`;
  if (families.length === 0) return caption;
  const query = search === "" ? "" : `q=${encodeURIComponent(search)}&`;
  const heads = [["name", "Family"], ["", "Type"], ["", "Unit"], ["series", "Series"], [
    "growth",
    "Growth",
  ]].map(([key = "", text]) => {
    const isNumber = key === "series" || key === "growth";
    const className = isNumber ? ' class="number"' : "";
    if (key === "") return `<th scope="col">${text}</th>`;
    if (key === sort) {
      const direction = key === "name" ? "ascending" : "descending";
      return `<th scope="col"${className} aria-sort="${direction}">${text}</th>`;
    }
    const href = escapeHtml(`?${query}sort=${key}#families`);
    return `<th scope="col"${className}><a href="${href}">${text}</a></th>`;
  });
  const most = Math.max(...families.map(({ series }) => series), 1);
  const rows = families.map(({ name, type, help, unit, series, growth }) => {
    const share = (100 * series / most).toFixed(1);
    const bar = series < most / 100
      ? ""
      : `<svg class="share" aria-hidden="true" viewBox="0 0 100 4" ` +
        `preserveAspectRatio="none"><path d="M0 0h${share}v4h-${share}z"/></svg>`;
    return `<tr><th scope="row">${familyLinkView(name)}` +
      `<span class="help">${escapeHtml(help) || "no help text"}</span></th>` +
      `<td data-label="Type">${type}</td><td data-label="Unit">${escapeHtml(unit)}</td>` +
      `<td data-label="Series" class="number">${formatCount(series)}${bar}</td>` +
      `<td data-label="Growth" class="number">${growthView(growth)}</td></tr>`;
  });
  return `${caption}<table class="families"><thead><tr>${heads.join("")}</tr></thead>` +
    `<tbody>${rows.join("")}</tbody></table>`;
}

/** Returns a link to the series of a family. */
export function familyLinkView(name: string): string {
  const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name;
  return `<a class="mono" href="?family=${escapeHtml(encodeURIComponent(name))}">` +
    `${escapeHtml(shown)}</a>`;
}

/** Returns how a number has changed; nothing if it has not. */
export function growthView(growth: number): string {
  if (growth === 0) return "";
  return growth > 0 ? `+${formatCount(growth)}` : `−${formatCount(-growth)}`;
}

/** Returns the largest families, and those that grow. */
export function offendersView({ metrics, time }: StatusDocument): string {
  if (metrics === null) return '<p class="none">Nothing has been collected yet.</p>';
  const { largest, growing, series, growthSince } = metrics;
  const share = ({ series: own }: FamilySize) => {
    const percent = series === 0 ? 0 : 100 * own / series;
    return `${formatCount(own)} <span class="soft">${
      percent.toFixed(percent < 10 ? 1 : 0)
    }%</span>`;
  };
  const list = (sizes: readonly FamilySize[], value: (size: FamilySize) => string) => {
    return `<ol class="sizes">${
      sizes.map((size) => {
        return `<li>${familyLinkView(size.name)} <span class="number">${value(size)}</span></li>`;
      }).join("")
    }</ol>`;
  };
  const since = growthSince === null
    ? '<p class="none">Growth is counted while somebody looks; it shows with the next look.</p>'
    : growing.length === 0
    ? `<p class="none">No family has grown for ${formatDuration(time - growthSince)}.</p>`
    : list(growing, ({ growth }) => growthView(growth));
  const period = growthSince === null || growing.length === 0
    ? ""
    : ` <span class="soft">in ${formatDuration(time - growthSince)}</span>`;
  return `<div class="pair"><div><h3>Most series</h3>${list(largest, share)}</div>` +
    `<div><h3>Growing${period}</h3>${since}</div></div>`;
}

/** Returns the number of violations of naming rules. */
export function findingsCountView({ metrics }: StatusDocument): string {
  return metrics === null ? "" : formatCount(metrics.lintCount);
}

/** Returns violations of naming rules, and what was left out. */
export function findingsView({ metrics }: StatusDocument): string {
  if (metrics === null) return '<p class="none">Nothing has been collected yet.</p>';
  const { lint, lintCount, leftOut } = metrics;
  return leftOutView(leftOut) +
    (lint.length === 0
      ? '<p class="none">All names, types and help texts follow the rules of Prometheus.</p>'
      : `<ul class="findings">${
        lint.map(({ name, problem }) => {
          return `<li>${familyLinkView(name)} <span>${escapeHtml(problem)}</span></li>`;
        }).join("")
      }</ul>${
        lintCount > lint.length
          ? `<p class="none">and ${formatCount(lintCount - lint.length)} more</p>`
          : ""
      }`);
}

/** Returns what was left out because it duplicates or contradicts something else. */
export function leftOutView(leftOut: MetricsStatus["leftOut"]): string {
  if (leftOut.length === 0) return "";
  return `<ul class="findings">${
    leftOut.map(({ collector, kind, what, samples }) => {
      const whose = collector === "" ? "" : ` of the collector ${escapeHtml(collector)}`;
      const text = kind === "duplicate"
        ? `${formatCount(samples)} duplicate ${samples === 1 ? "sample" : "samples"}${whose}`
        : `family${whose} left out: its name or type conflicts with another one`;
      return `<li><span class="mono">${escapeHtml(what)}</span> <span>${text}</span></li>`;
    }).join("")
  }</ul>`;
}
