/**
 * The command `lint`, which checks the exposition of any exporter.
 *
 * @module
 */

import { lint } from "../lint.ts";
import { detectFormat, parseExposition, type ParseOptions } from "../parse.ts";

/**
 * Lints an exposition, and prints each problem as a line on standard error.
 *
 * @param target A file, an `http:` or `https:` URL, or `-` for standard input.
 * @returns Whether there are no problems.
 * @throws {Error} If the target cannot be read, or is not a valid exposition.
 */
export async function lintTarget(target: string): Promise<boolean> {
  const { text, format } = await read(target);
  const problems = lint(parseExposition(text, { format, source: target }));
  for (const { name, problem } of problems) console.error(`${target}: ${name}: ${problem}`);
  return problems.length === 0;
}

/** An exposition and its format. */
interface Source {
  readonly text: string;
  readonly format: NonNullable<ParseOptions["format"]>;
}

async function read(target: string): Promise<Source> {
  if (/^https?:\/\//.test(target)) return await readUrl(target);
  const text = target === "-"
    ? await new Response(Deno.stdin.readable).text()
    : await Deno.readTextFile(target);
  return { text, format: detectFormat(text) };
}

async function readUrl(url: string): Promise<Source> {
  const accept = "application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4; q=0.5";
  const response = await fetch(url, { headers: { accept } });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot read "${url}": status ${response.status}`);
  const contentType = response.headers.get("content-type") ?? "";
  const isOpenMetrics = contentType.startsWith("application/openmetrics-text");
  return { text, format: isOpenMetrics ? "openmetrics" : "text" };
}
