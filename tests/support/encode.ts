/**
 * One exposition, written from scratch.
 *
 * @module
 */

import { Encoder } from "../../encode/encoder.ts";
import type { Escaping } from "../../model/names.ts";
import type { Encoding, Exposition, Format, FormatVersion } from "../../exposition.ts";
import { DEFAULT_VARIANT, defaultVersion } from "../../encode/format.ts";
import type { Family } from "../../model/family.ts";

/** Options of {@linkcode encode}. */
export interface EncodeOptions {
  /**
   * The version of the format.
   *
   * @default the newest one that every reader of the format understands
   */
  version?: FormatVersion;
  /**
   * The scheme by which names are written.
   *
   * @default {"underscores"}
   */
  escaping?: Escaping;
  /**
   * The content coding.
   *
   * @default {"identity"}
   */
  encoding?: Encoding;
  /**
   * Whether OpenMetrics 1.0 has `_created` samples.
   *
   * @default {false}
   */
  createdSamples?: boolean;
}

/** Writes families in a format. */
export function encode(
  families: Iterable<Family>,
  format: Format,
  options: EncodeOptions = {},
): Promise<Exposition> {
  const { escaping = DEFAULT_VARIANT.escaping } = options;
  const { version = defaultVersion(format, escaping) } = options;
  const { encoding = "identity" } = options;
  const { createdSamples = false } = options;
  const encoder = new Encoder({ maxKeptBytes: 0, utf8Names: true, createdSamples, now: () => 0 });
  return encoder.encode([...families], { variant: { format, version, escaping }, encoding });
}

/** The pieces of families in the text format. */
export async function encodeText(
  families: Iterable<Family>,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  return (await encode(families, "text")).chunks;
}

/** The pieces of families in OpenMetrics. */
export async function encodeOpenMetrics(
  families: Iterable<Family>,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  return (await encode(families, "openmetrics")).chunks;
}

/** The pieces of families in protobuf. */
export async function encodeProtobuf(
  families: Iterable<Family>,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  return (await encode(families, "protobuf")).chunks;
}
