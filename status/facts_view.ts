/**
 * The exporter, its configuration and its runtime on the status page. The script of the page has these functions, too, see `format`.
 *
 * @module
 */

import type { StatusDocument } from "./document.ts";
import { escapeHtml, formatBytes, formatCount, formatDuration } from "./format.ts";

/** Returns the most important figures. */
export function figuresView({ metrics, runtime, time }: StatusDocument): string {
  const figures = [
    ["Series", metrics === null ? "–" : formatCount(metrics.series)],
    ["Families", metrics === null ? "–" : formatCount(metrics.familyCount)],
    ["Collected in", metrics === null ? "–" : formatDuration(metrics.duration)],
    ["Memory", formatBytes(runtime.memory)],
    ["Running for", formatDuration(time - runtime.started)],
  ];
  return `<dl class="figures">${
    figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")
  }</dl>`;
}

/** Returns the settings in effect. */
export function configurationView({ isDetailed, configuration }: StatusDocument): string {
  if (!isDetailed) {
    return '<p class="none">The configuration and the messages of errors are shown to clients that ' +
      "have authenticated, or that are on the same machine.</p>";
  }
  const places = { code: "code", file: "file", default: "default" };
  return `<table class="facts"><thead><tr><th scope="col">Setting</th><th scope="col">Value</th>` +
    `<th scope="col">From</th></tr></thead><tbody>${
      configuration.map(({ key, value, from }) => {
        return `<tr class="${from}"><th scope="row">${escapeHtml(key)}</th>` +
          `<td>${escapeHtml(value)}</td><td>${places[from]}</td></tr>`;
      }).join("")
    }</tbody></table>`;
}

/** Returns the runtime and the process. */
export function runtimeView({ exporter, runtime }: StatusDocument): string {
  const { name, version, library } = exporter;
  const facts = [
    ["Exporter", `${name} ${version}`],
    ["Library", `@exporter/prometheus ${library}`],
    ["Runtime", runtime.runtime],
    ["V8", runtime.v8],
    ["Platform", runtime.platform],
    [
      "Started",
      new Date(runtime.started * 1000).toISOString().slice(0, 19).replace("T", " ") +
      " UTC",
    ],
    ["Memory", formatBytes(runtime.memory)],
    ["Heap", formatBytes(runtime.heap)],
  ];
  return `<table class="facts"><tbody>${
    facts.map(([name = "", value = ""]) => {
      return `<tr><th scope="row">${name}</th><td>${escapeHtml(value)}</td></tr>`;
    }).join("")
  }</tbody></table>`;
}
