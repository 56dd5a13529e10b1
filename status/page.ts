/**
 * The status page: what the status document says, for people. Without JavaScript it shows everything as of now; with it, it is live.
 *
 * @module
 */

import { collectorsView, summaryView } from "./collectors_view.ts";
import type { SeriesDocument, StatusDocument } from "./document.ts";
import { familiesView, findingsCountView, findingsView, offendersView } from "./families_view.ts";
import type { FamilyQuery } from "./families.ts";
import { configurationView, figuresView, runtimeView } from "./facts_view.ts";
import { escapeHtml } from "./format.ts";
import { SCRIPT } from "./script.ts";
import { seriesView } from "./series_view.ts";
import { STYLE } from "./style.ts";

/** Options of {@linkcode statusPage}. */
export interface StatusPageOptions {
  /** The status. */
  readonly status: StatusDocument;
  /** Which families it lists. */
  readonly query: FamilyQuery;
  /** The path of the metrics, relative to the page. */
  readonly metricsPath: string;
  /** A family whose series to show; undefined for the overview. */
  readonly family?: {
    /** The name that was asked for. */
    readonly name: string;
    /** The text that was searched for. */
    readonly match: string;
    /** Its series; undefined if there is no such family. */
    readonly series: SeriesDocument | undefined;
  };
}

/** Returns the page as HTML, to be sent as UTF-8 with {@linkcode pagePolicy}. All texts are escaped. */
export function statusPage({ status, query, metricsPath, family }: StatusPageOptions): string {
  const { name, version } = status.exporter;
  const links = [
    [metricsPath, "Metrics"],
    [`${metricsPath}?debug=1`, "One scrape explained"],
    ["-/status", "JSON"],
    ["-/healthy", "Health"],
    ["-/ready", "Readiness"],
  ].map(([href = "", text]) => `<a href="${escapeHtml(href)}">${text}</a>`);
  const title = family === undefined ? name : `${family.name} – ${name}`;
  const bad = status.collectors.filter(({ since }) => since !== null).length;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${bad > 0 ? `(${bad}!) ` : ""}${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body data-title="${escapeHtml(title)}">
<a class="skip" href="#content">Skip to content</a>
<header>
<h1>${family === undefined ? escapeHtml(name) : `<a href="./">${escapeHtml(name)}</a>`}</h1>
<p>Prometheus exporter, version ${escapeHtml(version)}</p>
<nav aria-label="Endpoints">${links.join("\n")}</nav>
</header>
<main id="content">
<div id="summary"><div id="verdict" aria-live="polite">${summaryView(status)}</div></div>
${family === undefined ? overview(status, query) : familyPage(family)}
</main>
<footer><p id="made">As of ${timeOf(status.time)} UTC</p><p id="note"></p></footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function overview(status: StatusDocument, query: FamilyQuery): string {
  const { search, sort } = query;
  const findings = status.metrics?.lintCount ?? 0;
  return `<div id="figures">${figuresView(status)}</div>
${section("collectors", "Collectors", collectorsView(status))}
${section("offenders", "Cardinality", offendersView(status))}
<section id="families" aria-labelledby="families-title">
<h2 id="families-title">Families</h2>
${searchForm("q", search, "Find a family", sort === "name" ? {} : { sort })}
<div id="families-view">${familiesView(status, search, sort)}</div>
</section>
${
    folded(
      "findings",
      `Naming <span id="findings-count" class="soft">${findingsCountView(status)}</span>`,
      findingsView(status),
      findings > 0,
    )
  }
${folded("configuration", "Configuration", configurationView(status), false)}
${folded("runtime", "Build and runtime", runtimeView(status), false)}`;
}

function familyPage({ name, match, series }: NonNullable<StatusPageOptions["family"]>): string {
  const back = '<p><a href="./">All families</a></p>';
  if (series === undefined) {
    return `<section><h2 class="mono">${escapeHtml(name)}</h2>
<p class="none">There is no family of this name now.</p>${back}</section>`;
  }
  const { type, unit, help } = series.family;
  const about = unit === "" ? type : `${type}, ${unit}`;
  return `<section id="series" aria-labelledby="series-title">
<h2 id="series-title" class="mono">${escapeHtml(name)}</h2>
<p>${escapeHtml(help)} <span class="soft">${escapeHtml(about)}</span></p>
${searchForm("match", match, "Find a series by its labels", { family: name })}
<div id="series-view">${seriesView(series, match, {})}</div>
${back}</section>`;
}

function section(id: string, title: string, content: string): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
<div id="${id}-view">${content}</div></section>`;
}

function folded(id: string, title: string, content: string, isOpen: boolean): string {
  return `<section id="${id}"><details${isOpen ? " open" : ""}><summary><h2>${title}</h2></summary>
<div id="${id}-view">${content}</div></details></section>`;
}

function searchForm(
  name: string,
  value: string,
  label: string,
  hidden: Readonly<Record<string, string>>,
): string {
  const others = Object.entries(hidden).map(([name, value]) =>
    `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`
  );
  return `<form class="tools" role="search" action="./">${others.join("")}` +
    `<input id="search" type="search" name="${name}" value="${escapeHtml(value)}" ` +
    `placeholder="${label}" aria-label="${label}" aria-keyshortcuts="/" autocomplete="off" ` +
    `spellcheck="false"><button>Find</button><kbd>/</kbd></form>`;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

let policy: Promise<string> | undefined;

/**
 * Returns the `Content-Security-Policy` of the page. It allows the page's own style and script, by the hashes of the texts of their
 * elements (Content Security Policy Level 3), requests and forms to the exporter itself, and nothing else.
 */
export function pagePolicy(): Promise<string> {
  return policy ??= createPolicy();
}

async function createPolicy(): Promise<string> {
  const [style, script] = await Promise.all([STYLE, SCRIPT].map(hashOf));
  return `default-src 'none'; style-src '${style}'; script-src '${script}'; connect-src 'self'; ` +
    "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
