/**
 * The subject alternative names of certificates, read from their DER encoding.
 *
 * `node:tls` joins the names to one text, where a name that contains a comma can pass for several.
 *
 * @module
 */

/** An element of DER: its tag and its content. */
interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const OCTET_STRING = 0x04;
/** The element of a certificate that has the extensions. */
const EXTENSIONS = 0xa3;
/** 2.5.29.17, `subjectAltName`. */
const SUBJECT_ALT_NAME = "551d11";

/** The tags of the names that are compared, see {@link https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 | RFC 5280, section 4.2.1.6}. */
const EMAIL = 0x81;
const DNS = 0x82;
const URI = 0x86;
const IP = 0x87;

/**
 * Returns the DNS names, email addresses, URIs and IP addresses of a certificate. IP addresses are written as Go does.
 *
 * @param der The certificate.
 * @throws {RangeError} If it is not valid DER.
 */
export function subjectAltNames(der: Uint8Array): string[] {
  const certificate = only(der, SEQUENCE);
  const [body] = elements(certificate);
  if (body?.tag !== SEQUENCE) throw malformed();
  const wrapped = elements(body.content).find(({ tag }) => tag === EXTENSIONS);
  if (wrapped === undefined) return [];
  return elements(only(wrapped.content, SEQUENCE)).flatMap(namesOf);
}

/** Returns the names of an extension, none for other extensions. */
function namesOf(extension: Element): string[] {
  const parts = elements(extension.content);
  const [id] = parts;
  if (id?.tag !== OBJECT_IDENTIFIER || toHex(id.content) !== SUBJECT_ALT_NAME) return [];
  const value = parts.at(-1)!;
  if (value.tag !== OCTET_STRING) throw malformed();
  return elements(only(value.content, SEQUENCE)).flatMap(nameOf);
}

function nameOf({ tag, content }: Element): string[] {
  if (tag === EMAIL || tag === DNS || tag === URI) {
    return [new TextDecoder("latin1").decode(content)];
  }
  return tag === IP ? [formatAddress(content)] : [];
}

/** Writes an IP address, IPv6 in the form of {@link https://www.rfc-editor.org/rfc/rfc5952 | RFC 5952}. */
function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) throw malformed();
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff &&
    bytes[11] === 0xff;
  if (isMapped) return bytes.subarray(12).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8 | bytes[2 * i + 1]!));
  const text = groups.map((group) => group.toString(16)).join(":");
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

/** Returns the content of the one element that a range has. */
function only(bytes: Uint8Array, tag: number): Uint8Array {
  const [element, ...others] = elements(bytes);
  if (element?.tag !== tag || others.length > 0) throw malformed();
  return element.content;
}

function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at]!;
    const [length, start] = lengthAt(bytes, at + 1);
    const end = start + length;
    // A tag number of several bytes does not occur in certificates.
    if ((tag & 0x1f) === 0x1f || end > bytes.length) throw malformed();
    found.push({ tag, content: bytes.subarray(start, end) });
    at = end;
  }
  return found;
}

/** Returns the length that is encoded at an offset, and the offset after it. */
function lengthAt(bytes: Uint8Array, at: number): [length: number, end: number] {
  const first = bytes[at] ?? 0xff;
  if (first < 0x80) return [first, at + 1];
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + count >= bytes.length) throw malformed();
  return [
    bytes.subarray(at + 1, at + 1 + count).reduce((sum, byte) => sum * 256 + byte, 0),
    at + 1 + count,
  ];
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function malformed(): RangeError {
  return new RangeError("Cannot read certificate: expected valid DER");
}
