/**
 * The lines of single families in an exposition.
 *
 * @module
 */

import { OPENMETRICS_TYPES, UNKNOWN } from "./openmetrics_type.ts";

/** A metadata line: its keyword, the name, which may be quoted, and the word after it. */
const METADATA = /^#\s+(HELP|TYPE|UNIT)\s+("(?:[^"\\]|\\.)*"|\S+)\s*(\S*)/;

/** The name of a sample: quoted within braces, or not. */
const SAMPLE = /^(?:\{\s*("(?:[^"\\]|\\.)*")|([^\s{]+))/;

/** Consecutive lines of one family. */
interface Block {
  readonly family: string;
  /** The names of the family in its format and in the text format. */
  readonly names: Set<string>;
  readonly lines: string[];
  type: typeof UNKNOWN;
}

/**
 * Selects the lines of the families with these names, in text or OpenMetrics, without comments.
 *
 * @param lines The lines of an exposition, without blanks around them.
 */
export function linesOfFamilies(lines: readonly string[], names: ReadonlySet<string>): string[] {
  const blocks: Block[] = [];
  const enter = (family: string): Block => {
    const block = { family, names: new Set([family]), lines: [], type: UNKNOWN };
    blocks.push(block);
    return block;
  };
  for (const line of lines) {
    const last = blocks.at(-1);
    const [, keyword, declared = "", word = ""] = METADATA.exec(line) ?? [];
    if (keyword === undefined && line.startsWith("#")) continue;
    let block: Block;
    if (keyword === undefined) {
      const [, quoted = "", plain = ""] = SAMPLE.exec(line) ?? [];
      const name = unquote(quoted) || plain;
      block = last !== undefined && hasSample(last, name) ? last : enter(name);
    } else {
      const family = unquote(declared);
      block = last?.family === family ? last : enter(family);
      if (keyword === "TYPE") {
        block.type = OPENMETRICS_TYPES.get(word) ?? UNKNOWN;
        block.names.add(family + block.type.textSuffix);
      }
    }
    block.lines.push(line);
  }
  return blocks.filter((block) => !block.names.isDisjointFrom(names)).flatMap(({ lines }) => lines);
}

function hasSample({ family, type }: Block, name: string): boolean {
  return name === family || type.parts.some(({ suffix }) => name === family + suffix);
}

/** Resolves the escapes of a name in quotes. Other names stay as they are. */
function unquote(name: string): string {
  if (!name.startsWith('"')) return name;
  return name.slice(1, -1).replace(/\\(.)/g, (_, escaped) => escaped === "n" ? "\n" : escaped);
}
