/**
 * The page that a person sees who opens the address of an exporter: what it is and where its
 * metrics are. It needs no script, no image and no other request.
 *
 * @module
 */

/** What {@linkcode landingPage} shows. */
export interface LandingPageOptions {
  /** Name of the exporter. */
  name: string;
  /** Its version. */
  version: string;
  /** The addresses that it serves, in order. */
  links: readonly LandingPageLink[];
}

/** One address on a landing page. */
export interface LandingPageLink {
  /** The address, absolute or relative to the page. */
  href: string;
  /** What to call it. */
  text: string;
  /** A phrase that says what is there. */
  about: string;
}

const STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c1b19, #e8e6e1);
  --soft: light-dark(#6b675f, #9c978d);
  --rule: light-dark(#e2dfd8, #34322e);
  --link: light-dark(#a8391b, #f08a66);
  background: light-dark(#fcfbf9, #171614);
  color: var(--ink);
  font: 1.0625rem/1.5 system-ui, sans-serif;
}
body {
  max-width: 38rem;
  margin: clamp(3rem, 16vh, 9rem) auto 3rem;
  padding: 0 1.5rem;
}
h1 {
  margin: 0;
  font: 500 clamp(2rem, 7vw, 2.75rem)/1.15 Charter, "Iowan Old Style", "Palatino Linotype", Georgia, serif;
  letter-spacing: -.015em;
  overflow-wrap: anywhere;
}
p {
  margin: .5rem 0 2.5rem;
  color: var(--soft);
}
ul {
  margin: 0;
  padding: 0;
  list-style: none;
  border-top: 1px solid var(--rule);
}
li {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 0 1.5rem;
  padding: .8rem 0;
  border-bottom: 1px solid var(--rule);
}
a {
  flex: 0 0 11rem;
  color: var(--link);
  font: .9375rem/1.6 ui-monospace, Menlo, Consolas, monospace;
  text-decoration-thickness: 1px;
  text-underline-offset: .25em;
}
a:not(:hover) {
  text-decoration-color: var(--rule);
}
span {
  flex: 1 1 14rem;
  color: var(--soft);
  text-wrap: pretty;
}
`;

/**
 * The `Content-Security-Policy` of a landing page: its own style, and nothing else. The hash is
 * that of the style element's text (Content Security Policy Level 3).
 */
export const LANDING_PAGE_POLICY: string = "default-src 'none'; " +
  "style-src 'sha256-CkRbFLMhdNZ60wImFCXDOTj0q2V3iAgl0J1ZDZjrJC4='; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Writes the page.
 *
 * @param options What it shows; everything is escaped.
 * @returns A document in HTML, to be sent as UTF-8 with {@linkcode LANDING_PAGE_POLICY}.
 */
export function landingPage(options: LandingPageOptions): string {
  const name = escapeHtml(options.name);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${name}</h1>
<p>Prometheus exporter, version ${escapeHtml(options.version)}</p>
<ul>
${options.links.map(item).join("\n")}
</ul>
</main>
</body>
</html>
`;
}

function item({ href, text, about }: LandingPageLink): string {
  return `<li><a href="${escapeHtml(href)}">${escapeHtml(text)}</a> ` +
    `<span>${escapeHtml(about)}</span></li>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
