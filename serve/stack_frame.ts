/**
 * The place in the user's code that an error comes from.
 *
 * @module
 */

/** Where this package is. Examples and tests, which are not part of it, may be there as well. */
const ROOT = new URL("../", import.meta.url).href;

/** The location of a module of this package, relative to its root. */
const OWN_MODULE = /^(?:(?:cli|encode|model|parse|probes|series|sources)\/)?\w+\.ts:/;

/** The location of a module that calls collectors and hooks. The frames after it in a stack are of the caller of the scrape. */
const CALLING_MODULE = /^(?:collect|serve)\/\w+\.ts:/;

/** The location in a stack frame. Those of the runtime itself, such as `ext:deno_fetch/26_fetch.js`, do not match. */
const LOCATION = /(?:file|https?|data|blob):[^\s()]+:\d+:\d+/;

/**
 * Returns the first frame of an error's stack that is in the code of the user, neither in this library nor in the runtime; undefined
 * if there is none.
 */
export function userFrame(
  { stack = "" }: { readonly stack?: string | undefined },
): string | undefined {
  for (const line of stack.split("\n")) {
    const [, frame] = /^\s+at (.+)$/.exec(line) ?? [];
    const [location] = LOCATION.exec(frame ?? "") ?? [];
    if (location === undefined) continue;
    const path = location.startsWith(ROOT) ? location.slice(ROOT.length) : "";
    if (CALLING_MODULE.test(path)) return undefined;
    if (!OWN_MODULE.test(path)) return frame;
  }
  return undefined;
}
