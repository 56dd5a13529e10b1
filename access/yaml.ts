/**
 * Reading of YAML as Go's parser does for a web configuration: strictly, and with texts as they are written.
 *
 * @module
 */

import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  type YAMLParseError,
} from "yaml";

/** The places of values that are not texts. A `1` elsewhere is the text `1`. */
const TYPED = [
  "http_server_config.http2",
  "rate_limit.burst",
  "rate_limit.interval",
  "tls_server_config.prefer_server_cipher_suites",
];

/** The maximum number of values, which aliases can multiply. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 20;

/** What can be wrong with a document, by the codes of the parser. Its messages can contain parts of the document, such as secrets. */
const REASONS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "a key occurs twice",
  MULTIPLE_DOCS: "expected one document",
  BAD_ALIAS: "invalid alias",
  BAD_INDENT: "wrong indentation",
  TAB_AS_INDENT: "tab in the indentation",
  MISSING_CHAR: "missing character",
  UNEXPECTED_TOKEN: "unexpected character",
};

/**
 * Parses a YAML document.
 *
 * @returns The document as a table; an empty one for an empty document.
 * @throws {SyntaxError} If it is not valid, or not a mapping. The message has the place of the first error, and nothing of the text.
 */
export function parseYaml(text: string): Record<string, unknown> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: "1.1", prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) throw new SyntaxError(describe(error, lineCounter));
  const root = document.contents;
  let count = 0;

  function convert(node: unknown, path: readonly string[]): unknown {
    if (++count > MAX_VALUES || path.length > MAX_DEPTH) {
      throw new SyntaxError("too many or too deeply nested values");
    }
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined) throw new SyntaxError("alias without an anchor");
      return convert(target, path);
    }
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => {
        const name = keyOf(key);
        return [name, convert(value, [...path, name])] as const;
      });
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    if (isSeq(node)) {
      return node.items.map((item, index) => convert(item, [...path, `${index}`]) ?? "");
    }
    return isScalar(node) ? valueOf(node, TYPED.includes(path.join("."))) : undefined;
  }

  if (root === null || (isScalar(root) && root.value === null)) return {};
  if (!isMap(root)) throw new SyntaxError("expected a mapping");
  return convert(root, []) as Record<string, unknown>;
}

/** Returns the value of a scalar. A null is a missing value. */
function valueOf(scalar: Scalar, isTyped: boolean): unknown {
  const { value, source, type } = scalar;
  if (value === null) return undefined;
  if (isTyped || typeof value === "string") return value;
  return type === Scalar.PLAIN && source !== undefined ? source : value;
}

function keyOf(key: unknown): string {
  if (isScalar(key)) return String(valueOf(key, false) ?? "");
  throw new SyntaxError("expected keys that are texts");
}

function describe({ code, pos }: YAMLParseError, lineCounter: LineCounter): string {
  const { line, col } = lineCounter.linePos(pos[0]);
  return `line ${line}, column ${col}: ${REASONS[code] ?? "unexpected"}`;
}
