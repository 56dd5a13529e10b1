/**
 * Secrets in texts that are shown: what is likely one is replaced by an ellipsis.
 *
 * @module
 */

/** The user name and password of a URL. Bounds keep the time in proportion to the length of the text. The last `@` before the path counts, as in the URL Standard. */
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]*@/gi;

/** A parameter, field or variable that is called like a secret, with its value. */
const PARAMETER =
  /((?:^|[^a-z0-9])["']?[\w-]{0,40}(?:token|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|access[_-]?key|signature|\bsig|credentials?)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&"',;)}\]]+)/gi;

/** The credentials of a header `Authorization`. */
const CREDENTIALS = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/g;

/** Replaces user information in URLs, credentials, and the values of what is called like a secret. */
export function redact(text: string): string {
  return text
    .replace(USER_INFO, "$1…@")
    .replace(CREDENTIALS, "$1 …")
    .replace(PARAMETER, "$1…");
}
