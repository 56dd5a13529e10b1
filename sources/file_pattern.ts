/**
 * Patterns for the paths of files.
 *
 * @module
 */

import { describeReadError } from "./file_reader.ts";

/** The extension of the files that are taken from a folder. */
const EXTENSION = ".prom";

const WILDCARD = /[*?[]/;

/** The files that a pattern matches. */
export interface MatchedFiles {
  /** Their paths, in order. */
  readonly paths: readonly string[];
  /** What could not be read on the way. */
  readonly errors: readonly Error[];
}

/** A path in whose parts `*`, `?` and `[…]` stand for other characters. It matches files, and all `*.prom` in folders. */
export class FilePattern {
  /** The folder that is read first, in which everything else is. */
  readonly base: string;
  readonly #parts: readonly string[];

  /** Creates a pattern from a path. */
  constructor(path: string) {
    const parts = path.split("/");
    const first = parts.findIndex((part) => WILDCARD.test(part));
    const fixed = first === -1 ? parts.length : first;
    this.base = parts.slice(0, fixed).join("/") || (path.startsWith("/") ? "/" : ".");
    this.#parts = parts.slice(fixed);
  }

  /** Finds the files that it matches now. */
  async find(): Promise<MatchedFiles> {
    const paths: string[] = [];
    const errors: Error[] = [];
    await this.#visit(this.base, this.#parts, paths, errors);
    return { paths: paths.sort(), errors };
  }

  async #visit(
    path: string,
    [part, ...rest]: readonly string[],
    paths: string[],
    errors: Error[],
  ): Promise<void> {
    try {
      if (part === undefined) {
        if (!(await Deno.stat(path)).isDirectory) paths.push(path);
        else {
          const names = await namesIn(path, `*${EXTENSION}`);
          paths.push(...names.map((name) => within(path, name)));
        }
        return;
      }
      const names = WILDCARD.test(part) ? await namesIn(path, part) : [part];
      for (const name of names) {
        const found = within(path, name);
        if (rest.length > 0 && !await isFolder(found)) continue;
        await this.#visit(found, rest, paths, errors);
      }
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound && path !== this.base) return;
      errors.push(new Error(`Cannot read "${path}": ${describeReadError(cause)}`, { cause }));
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    // What a wildcard matched can be gone by now, and a link can lead nowhere.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function within(folder: string, name: string): string {
  return folder === "." ? name : folder === "/" ? `/${name}` : `${folder}/${name}`;
}

async function namesIn(folder: string, pattern: string): Promise<string[]> {
  const expression = toExpression(pattern);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (expression.test(name) && (pattern.startsWith(".") || !name.startsWith("."))) {
      names.push(name);
    }
  }
  return names;
}

/** Translates a pattern for one part of a path. A bracket that is not closed stands for itself. */
function toExpression(pattern: string): RegExp {
  const body = pattern.replaceAll(
    /\*|\?|\[([!^]?)([^\]]+)\]|[^*?]/g,
    (mark, negation?: string, set?: string) => {
      if (mark === "*") return ".*";
      if (mark === "?") return ".";
      if (set === undefined) return RegExp.escape(mark);
      return `[${negation ? "^" : ""}${set.replaceAll(/[\\[\]^]/g, "\\$&")}]`;
    },
  );
  return new RegExp(`^${body}$`, "s");
}
