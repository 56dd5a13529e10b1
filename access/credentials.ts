/**
 * The header `Authorization`.
 *
 * @module
 */

/** What a request authenticates with. */
export type Credentials =
  | { readonly scheme: "basic"; readonly user: string; readonly password: string }
  | { readonly scheme: "bearer"; readonly token: string }
  | { readonly scheme: "none" | "unknown" | "malformed" };

/** The maximum length of the header, in characters. */
const MAX_LENGTH = 4096;

/**
 * Parses the header, by {@link https://www.rfc-editor.org/rfc/rfc7617#section-2 | RFC 7617, section 2}, in UTF-8, and by
 * {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 | RFC 6750, section 2.1}.
 */
export function parseAuthorization(header: string | null): Credentials {
  if (header === null) return { scheme: "none" };
  if (header.length > MAX_LENGTH) return { scheme: "malformed" };
  const [, scheme = "", value = ""] = /^([^ ]+) +([^ ]+)$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case "basic":
      return parseBasic(value);
    case "bearer":
      return { scheme: "bearer", token: value };
    default:
      return { scheme: scheme === "" ? "malformed" : "unknown" };
  }
}

/** A user name has no colon; a password may. */
function parseBasic(value: string): Credentials {
  const text = decodeBase64(value);
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon < 0) return { scheme: "malformed" };
  return { scheme: "basic", user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decodeBase64(value: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
