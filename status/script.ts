/**
 * The script of the status page: it asks for the status document every few seconds, and shows it by the same functions as the server.
 *
 * @module
 */

import * as collectors from "./collectors_view.ts";
import * as facts from "./facts_view.ts";
import * as families from "./families_view.ts";
import * as format from "./format.ts";
import * as series from "./series_view.ts";

/** The functions that the server and the script have in common. */
export const VIEWS: readonly (() => unknown)[] = [format, collectors, families, series, facts]
  .flatMap((module) => Object.values(module)) as never;

/**
 * What only the script does. Requests stop while the page is hidden. What has focus, or text that is selected, stays as it is. Values
 * of series are kept for five minutes, also from page to page in one tab.
 */
const LIVE = `
const STATUS = "-/status", SERIES = "-/status/series", KEPT = 300, MAX_KEPT = 200;
const body = document.body;
const parameters = new URLSearchParams(location.search);
const family = parameters.get("family");
const search = document.getElementById("search");
const note = document.getElementById("note");
let query = parameters.get("q") ?? "", timer, count = 0;
const sort = parameters.get("sort") ?? "name";
const title = body.dataset.title;
const shown = new Map();
const history = family === null ? {} : restore();

function restore() {
  try {
    const { time, points } = JSON.parse(sessionStorage.getItem("points") ?? "{}");
    return Date.now() / 1000 - time < KEPT ? points : {};
  } catch {
    return {};
  }
}

function save() {
  try {
    sessionStorage.setItem("points", JSON.stringify({ time: Date.now() / 1000, points: history }));
  } catch {
    // There is no place for it.
  }
}

function remember(time, { series }) {
  for (const { text, value } of series) {
    const points = history[text] ?? [];
    const number = Number(value.replace("Inf", "Infinity"));
    if ((points.at(-1)?.[0] ?? 0) < time) points.push([time, number]);
    while (points.length > 0 && points[0][0] < time - KEPT) points.shift();
    delete history[text];
    history[text] = points;
  }
  for (const text of Object.keys(history)) {
    if (Object.keys(history).length <= MAX_KEPT) break;
    delete history[text];
  }
}

function show(id, html) {
  const element = document.getElementById(id);
  if (element === null || shown.get(id) === html) return;
  const selection = getSelection();
  if (!selection.isCollapsed && selection.containsNode(element, true)) return;
  const focused = document.activeElement;
  const index = element.contains(focused) ? [...element.querySelectorAll("a")].indexOf(focused) : -1;
  const href = index === -1 ? undefined : focused.getAttribute("href");
  element.innerHTML = html;
  shown.set(id, html);
  if (href === undefined) return;
  const links = [...element.querySelectorAll("a")];
  (links.find((link) => link.getAttribute("href") === href) ?? links[index])
    ?.focus({ preventScroll: true });
}

function showStatus(status) {
  const bad = status.collectors.filter(({ since }) => since !== null).length;
  document.title = (bad > 0 ? "(" + bad + "!) " : "") + title;
  show("verdict", summaryView(status));
  show("figures", figuresView(status));
  show("collectors-view", collectorsView(status));
  show("offenders-view", offendersView(status));
  show("families-view", familiesView(status, query, sort));
  show("findings-count", findingsCountView(status));
  show("findings-view", findingsView(status));
  show("configuration-view", configurationView(status));
  show("runtime-view", runtimeView(status));
}

async function load(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error("HTTP " + response.status);
  return await response.json();
}

async function update() {
  clearTimeout(timer);
  const turn = ++count;
  let refresh = 5;
  try {
    const asked = new URLSearchParams({ q: family ?? query, sort });
    const status = await load(STATUS + "?" + asked);
    const page = family === null ? undefined : await load(SERIES + location.search);
    if (turn !== count) return;
    refresh = status.refresh;
    showStatus(status);
    if (page !== undefined) {
      remember(page.time, page);
      show("series-view", seriesView(page, parameters.get("match") ?? "", history));
    }
    note.className = "";
    note.textContent = "Live, every " + refresh + " s";
  } catch (error) {
    if (turn !== count) return;
    note.className = "lost";
    note.textContent = "Not up to date: " + error.message;
  }
  if (document.visibilityState === "visible") timer = setTimeout(update, refresh * 1000);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") update();
  else clearTimeout(timer);
});
addEventListener("pagehide", save);
addEventListener("keydown", (event) => {
  const isTyping = /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search?.focus();
    search?.select();
  }
  if (event.key === "Escape" && event.target === search) {
    search.value = "";
    search.dispatchEvent(new Event("input"));
  }
});
if (family === null) {
  search?.addEventListener("input", () => {
    query = search.value;
    const url = new URL(location.href);
    if (query === "") url.searchParams.delete("q");
    else url.searchParams.set("q", query);
    window.history.replaceState(null, "", url);
    clearTimeout(timer);
    timer = setTimeout(update, 120);
  });
}
body.classList.add("live");
update();
`;

/** The text of the script element. */
export const SCRIPT: string = `"use strict";{\n${VIEWS.map(String).join("\n")}\n${LIVE}}\n`;
