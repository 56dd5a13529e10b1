/**
 * The examples, as their headers say to run them.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Program, ROOT } from "./program.ts";

/** What a scrape says of a duplicate, a conflict or a failed collector. */
const PROBLEM =
  /^exporter_(?:collector_success\{.*\} 0|(?:duplicate_samples|conflicting_families)_total.* [^0].*)$/gm;

/** The arguments of the commands in the header of an example: with every permission, and with the least. */
export function commands(example: string): { all: string[]; least: string[] } {
  const code = Deno.readTextFileSync(new URL(`examples/${example}.ts`, ROOT));
  const [all, least, ...others] = Array.from(
    code.matchAll(/^ \* {5}deno (.+)$/gm),
    ([, args = ""]) => onFreePort(args.split(" ")),
  );
  assert(all && least && others.length === 0);
  assert(all.includes("-A") && !least.includes("-A"));
  return { all, least };
}

/** `deno serve` takes the port from its arguments, other programs from the environment. */
function onFreePort(args: string[]): string[] {
  return args[0] === "serve" ? args.map((arg) => arg === "9999" ? "0" : arg) : args;
}

/** The environment in which the servers of an example listen on a free port. */
export function freePort(args: readonly string[]): Record<string, string> {
  return args[0] === "serve" ? {} : { DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0" };
}

/** Runs an example on a free port. */
export function runExample(args: readonly string[]): Program {
  return Program.deno(args, { env: freePort(args) });
}

/** Scrapes an example, in which nothing may be left out and no collector may fail. */
export async function scrape(program: Program, path = "metrics"): Promise<string> {
  const response = await fetch(new URL(path, await program.url()), {
    headers: { "x-prometheus-scrape-timeout-seconds": "1" },
  });
  assertEquals(response.status, 200);
  const text = await response.text();
  assertStringIncludes(text, "exporter_duplicate_samples_total");
  assertEquals(text.match(PROBLEM) ?? [], []);
  return text;
}

/** Checks that an exposition has these lines. */
export function assertSeries(text: string, series: readonly string[]): void {
  const lines = text.split("\n");
  for (const line of series) assert(lines.includes(line), `${line} is not in\n${text}`);
}

/** A port on which nothing listens. */
export function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
