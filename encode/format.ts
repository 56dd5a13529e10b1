/**
 * The exposition formats, their versions and their content types.
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

/** The message type of the protobuf format, as its content type names it. */
export const PROTOBUF_MESSAGE = "io.prometheus.client.MetricFamily";

/**
 * The versions of each format, newest first.
 *
 * OpenMetrics had version 0.0.1 before its specification was published. Prometheus and its client libraries treat both versions
 * alike. Version 1.0.0 of the text format is 0.0.4 with quoted names. Protobuf has no versions, but several encodings of one
 * schema.
 */
export const VERSIONS = {
  text: ["1.0.0", "0.0.4"],
  openmetrics: ["1.0.0", "0.0.1"],
  protobuf: ["delimited"],
} as const satisfies Readonly<Record<Format, readonly FormatVersion[]>>;

/** OpenMetrics 2.0, a release candidate. It is not in {@linkcode VERSIONS}, because an option must enable it. */
export const OPENMETRICS_2 = "2.0.0" satisfies FormatVersion;

/** Returns the versions of a format, newest first. */
export function versionsOf(format: Format, openMetrics2: boolean): readonly FormatVersion[] {
  const versions = VERSIONS[format];
  return format === "openmetrics" && openMetrics2 ? [OPENMETRICS_2, ...versions] : versions;
}

/** A format with the parameters of its content type. */
export interface FormatVariant {
  /** The format. */
  readonly format: Format;
  /** The version of the format. */
  readonly version: FormatVersion;
  /** The escaping scheme for names. */
  readonly escaping: Escaping;
}

/** The variant for unknown readers. */
export const DEFAULT_VARIANT: FormatVariant = {
  format: "text",
  version: "0.0.4",
  escaping: "underscores",
};

/**
 * Returns the version of a format to write if none is requested. For the text format, that is the version that every reader
 * understands, unless names need quotes.
 */
export function defaultVersion(format: Format, escaping: Escaping): FormatVersion {
  return format === "text" && escaping !== "allow-utf-8" ? "0.0.4" : VERSIONS[format][0];
}

/** Returns the content type of a format. */
export function contentType({ format, version, escaping }: FormatVariant): string {
  const parameters = format === "protobuf"
    ? `proto=${PROTOBUF_MESSAGE}; encoding=${version}`
    : `version=${version}; charset=utf-8`;
  return `${MEDIA_TYPES[format]}; ${parameters}; escaping=${escaping}`;
}

/** Returns the format that a content type names; undefined if it is not one of {@linkcode FORMATS}. */
export function formatOf(contentType: string): Format | undefined {
  const [mediaType = ""] = contentType.split(";");
  return FORMATS.find((format) => MEDIA_TYPES[format] === mediaType.trim().toLowerCase());
}
