/**
 * What tests read in Markdown documents.
 *
 * @module
 */

/** The links of a page to other places of the repository, inline and in reference definitions. */
export function relativeLinks(markdown: string): string[] {
  const pattern = /(?:\]\(|^\[[^\]]+\]: )(?!https?:)([^)\s]+)/gm;
  return Array.from(markdown.matchAll(pattern), ([, link]) => link!);
}

/** The targets of links within a page. */
export function anchors(markdown: string): Set<string> {
  const headings = markdown.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm);
  return new Set(Array.from(headings, ([, heading]) => {
    const words = heading!.toLowerCase().replaceAll(/[^\w\s-]/g, "");
    return `#${words.replaceAll(" ", "-")}`;
  }));
}
