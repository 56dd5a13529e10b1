/**
 * The formats of expositions, and how a content type names them.
 *
 * @module
 */

import { type Format, FORMATS, type FormatVersion } from "../exposition.ts";
import type { Escaping } from "../model/names.ts";

/** The media types of the formats. */
export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  text: "text/plain",
  openmetrics: "application/openmetrics-text",
  protobuf: "application/vnd.google.protobuf",
};

/** The message of which an exposition in protobuf consists, as its content type names it. */
export const PROTOBUF_MESSAGE = "io.prometheus.client.MetricFamily";

/**
 * The versions of the formats, the newest first.
 *
 * OpenMetrics had the number 0.0.1 until its specification was published. What Prometheus and its client libraries read and
 * write under either number is the same. The text format 1.0.0 is 0.0.4 with names in quotes. Protobuf has no number, but
 * encodings of one schema.
 */
export const VERSIONS = {
  text: ["1.0.0", "0.0.4"],
  openmetrics: ["1.0.0", "0.0.1"],
  protobuf: ["delimited"],
} as const satisfies Readonly<Record<Format, readonly FormatVersion[]>>;

/** The version of OpenMetrics that is a release candidate: none of {@linkcode VERSIONS}, as it has to be allowed. */
export const OPENMETRICS_2 = "2.0.0" satisfies FormatVersion;

/** The versions of a format, the newest first. */
export function versionsOf(format: Format, openMetrics2: boolean): readonly FormatVersion[] {
  const versions = VERSIONS[format];
  return format === "openmetrics" && openMetrics2 ? [OPENMETRICS_2, ...versions] : versions;
}

/** A format with what its content type says besides. */
export interface FormatVariant {
  /** The format. */
  readonly format: Format;
  /** The version of the format. */
  readonly version: FormatVersion;
  /** By which scheme names are written. */
  readonly escaping: Escaping;
}

/** What is written where nothing is known of who reads. */
export const DEFAULT_VARIANT: FormatVariant = {
  format: "text",
  version: "0.0.4",
  escaping: "underscores",
};

/** The version of a format that is written if none is asked for: that which every reader understands, if it can have the names. */
export function defaultVersion(format: Format, escaping: Escaping): FormatVersion {
  return format === "text" && escaping !== "allow-utf-8" ? "0.0.4" : VERSIONS[format][0];
}

/** The content type of a format. */
export function contentType({ format, version, escaping }: FormatVariant): string {
  const parameters = format === "protobuf"
    ? `proto=${PROTOBUF_MESSAGE}; encoding=${version}`
    : `version=${version}; charset=utf-8`;
  return `${MEDIA_TYPES[format]}; ${parameters}; escaping=${escaping}`;
}

/** The format that a content type names, if it is one of {@linkcode FORMATS}. */
export function formatOf(contentType: string): Format | undefined {
  const [mediaType = ""] = contentType.split(";");
  return FORMATS.find((format) => MEDIA_TYPES[format] === mediaType.trim().toLowerCase());
}
