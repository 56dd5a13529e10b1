/**
 * From families to an exposition, in the format and the content coding that are asked for.
 *
 * @module
 */

import { breathe, overdue } from "./breath.ts";
import { escapeName, type Escaping } from "./escape.ts";
import { Exposition } from "./exposition.ts";
import {
  contentType,
  DEFAULT_VARIANT,
  type Format,
  type FormatVersion,
  VERSIONS,
} from "./format.ts";
import { type DeflatedPiece, deflatePiece, gzipMember } from "./gzip.ts";
import type { Encoding } from "./negotiate.ts";
import { encodeOpenMetrics } from "./openmetrics.ts";
import { encodeProtobuf } from "./protobuf.ts";
import { type Family, Sample } from "./sample.ts";
import { encodeText } from "./text.ts";

/** Options of {@linkcode encode}. */
export interface EncodeOptions {
  /**
   * The version of the format.
   *
   * @default the newest one
   */
  version?: FormatVersion;
  /**
   * The scheme by which names are written.
   *
   * @default {"underscores"}
   */
  escaping?: Escaping;
}

/** Writes families as bytes in pieces. */
type Encoder = (families: Iterable<Family>) => Promise<Uint8Array<ArrayBuffer>[]>;

/** No version of a format differs from another one in more than its content type. */
const ENCODERS: Readonly<Record<Format, Encoder>> = {
  text: encodeText,
  openmetrics: encodeOpenMetrics,
  protobuf: encodeProtobuf,
};

/** How many samples go by between two looks at the clock. */
const STRIDE = 128;

/** Writes families in a format. */
export async function encode(
  families: Iterable<Family>,
  format: Format,
  options: EncodeOptions = {},
): Promise<Exposition> {
  const { version = VERSIONS[format][0], escaping = DEFAULT_VARIANT.escaping } = options;
  const named = await escapeNames(families, escaping);
  const type = contentType({ format, version, escaping });
  return new Exposition(type, "identity", await ENCODERS[format](named));
}

/** Gives an exposition in a content coding. */
export async function compress(exposition: Exposition, encoding: Encoding): Promise<Exposition> {
  if (encoding === "identity") return exposition;
  const pieces: DeflatedPiece[] = [];
  for (const chunk of exposition.chunks) {
    pieces.push(deflatePiece(chunk));
    if (overdue()) await breathe();
  }
  return new Exposition(exposition.contentType, encoding, gzipMember(pieces));
}

/** Names are legacy names, so that `dots` is the only scheme that changes anything. */
async function escapeNames(
  families: Iterable<Family>,
  escaping: Escaping,
): Promise<Iterable<Family>> {
  if (escaping !== "dots") return families;
  const escaped: Family[] = [];
  for (const family of families) {
    const name = escapeName(family.name, escaping);
    const samples: Sample[] = [];
    for (const [i, sample] of family.samples.entries()) {
      if (i % STRIDE === 0 && overdue()) await breathe();
      const { value, timestamp, details } = sample;
      const labels = sample.labels.map((text, i) =>
        i % 2 === 0 ? escapeName(text, escaping) : text
      );
      // What a part of a histogram or a summary appends to the name of its family says what it is.
      const ownName = name + sample.name.slice(family.name.length);
      samples.push(new Sample(ownName, labels, value, timestamp, details));
    }
    const { type, help, unit } = family;
    escaped.push({ name, type, help, unit, samples });
  }
  return escaped;
}
