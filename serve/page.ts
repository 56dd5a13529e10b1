/**
 * The landing page of an exporter: its name, its version and its endpoints, without scripts, images and further requests.
 *
 * @module
 */

/** Options of {@linkcode landingPage}. */
export interface LandingPageOptions {
  /** The name of the exporter. */
  name: string;
  /** Its version. */
  version: string;
  /** The endpoints, in order. */
  links: readonly LandingPageLink[];
}

/** A link on a landing page. */
export interface LandingPageLink {
  /** The URL, absolute or relative to the page. */
  href: string;
  /** The text of the link. */
  text: string;
  /** A short description. */
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
 * The `Content-Security-Policy` of a landing page. It allows the page's own style, by the hash of the text of the style element
 * (Content Security Policy Level 3), and nothing else.
 */
export const LANDING_PAGE_POLICY: string = "default-src 'none'; " +
  "style-src 'sha256-CkRbFLMhdNZ60wImFCXDOTj0q2V3iAgl0J1ZDZjrJC4='; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Returns the landing page as HTML, to be sent as UTF-8 with {@linkcode LANDING_PAGE_POLICY}.
 *
 * @param options The content. All texts are escaped.
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
