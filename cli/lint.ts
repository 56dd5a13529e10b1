/**
 * The command `lint`: whether an exposition from elsewhere can be read, and whether its names follow the rules.
 *
 * @module
 */

import { lint } from "../lint.ts";
import { detectFormat, parseExposition, type ParseOptions } from "../parse.ts";

/**
 * Reads an exposition and prints what is wrong with it on standard error, a line for each problem.
 *
 * @param target A file, an `http:` or `https:` URL, or `-` for standard input.
 * @returns Whether nothing is wrong.
 * @throws {Error} If it cannot be read, or is no exposition.
 */
export async function lintTarget(target: string): Promise<boolean> {
  const { text, format } = await read(target);
  const problems = lint(parseExposition(text, { format, source: target }));
  for (const { name, problem } of problems) console.error(`${target}: ${name}: ${problem}`);
  return problems.length === 0;
}

interface Exposed {
  readonly text: string;
  readonly format: NonNullable<ParseOptions["format"]>;
}

async function read(target: string): Promise<Exposed> {
  if (/^https?:\/\//.test(target)) return await readUrl(target);
  const text = target === "-"
    ? await new Response(Deno.stdin.readable).text()
    : await Deno.readTextFile(target);
  return { text, format: detectFormat(text) };
}

async function readUrl(url: string): Promise<Exposed> {
  const accept = "application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4; q=0.5";
  const response = await fetch(url, { headers: { accept } });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot read "${url}": status ${response.status}`);
  const contentType = response.headers.get("content-type") ?? "";
  const isOpenMetrics = contentType.startsWith("application/openmetrics-text");
  return { text, format: isOpenMetrics ? "openmetrics" : "text" };
}
