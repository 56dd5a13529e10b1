/**
 * The formats of expositions, and how a content type names them.
 *
 * @module
 */

import type { Escaping } from "./escape.ts";

/** The formats that families can be written in. */
export const FORMATS = ["text", "openmetrics"] as const;

/** One of {@linkcode FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** The media types of the formats. */
export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  text: "text/plain",
  openmetrics: "application/openmetrics-text",
};

/**
 * The versions of the formats, the newest first.
 *
 * OpenMetrics had the number 0.0.1 until its specification was published. What Prometheus and its client libraries read and
 * write under either number is the same.
 */
export const VERSIONS = {
  text: ["0.0.4"],
  openmetrics: ["1.0.0", "0.0.1"],
} as const satisfies Readonly<Record<Format, readonly string[]>>;

/** One of {@linkcode VERSIONS}. */
export type FormatVersion = (typeof VERSIONS)[Format][number];

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

/** The content type of a format. */
export function contentType({ format, version, escaping }: FormatVariant): string {
  return `${MEDIA_TYPES[format]}; version=${version}; charset=utf-8; escaping=${escaping}`;
}
