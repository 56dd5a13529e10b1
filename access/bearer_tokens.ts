/**
 * Bearer tokens, of which only hashes are kept.
 *
 * @module
 */

import { sha256 } from "./digest.ts";

/** What a token consists of, see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 | RFC 6750, section 2.1}. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * Hashes the tokens of a file, one per line. Empty lines and lines that begin with `#` are ignored.
 *
 * @throws {SyntaxError} If a line is not a token, or there is none. The message has the number of the line.
 */
export async function hashTokens(text: string): Promise<Uint8Array[]> {
  const lines = text.split("\n").map((line) => line.trim());
  const tokens: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    if (!TOKEN.test(line)) {
      throw new SyntaxError(`line ${index + 1}: expected a token of A-Z, a-z, 0-9 and -._~+/=`);
    }
    tokens.push(line);
  }
  if (tokens.length === 0) throw new SyntaxError("has no token");
  return await Promise.all(tokens.map((token) => sha256(new TextEncoder().encode(token))));
}

/** Decodes a hash that is written in hexadecimal. */
export function decodeHash(hex: string): Uint8Array {
  return Uint8Array.from(
    { length: hex.length / 2 },
    (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}
