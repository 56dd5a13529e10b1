/**
 * Expositions: what a registry gives for one scrape, in which formats and content codings.
 *
 * @module
 */

/** An exposition format: the Prometheus text format, OpenMetrics, or protobuf. */
export type Format = "text" | "openmetrics" | "protobuf";

/** The exposition formats. */
export const FORMATS: readonly Format[] = ["text", "openmetrics", "protobuf"];

/**
 * A version of a format: `1.0.0` or `0.0.4` of text; `2.0.0`, `1.0.0` or `0.0.1` of OpenMetrics; `delimited` for protobuf, which
 * has encodings instead of versions.
 */
export type FormatVersion = "2.0.0" | "1.0.0" | "0.0.4" | "0.0.1" | "delimited";

/** A content coding, as `Content-Encoding` names it; `identity` means not compressed. */
export type Encoding = "identity" | "gzip" | "zstd";

/** The content codings. */
export const ENCODINGS: readonly Encoding[] = ["identity", "gzip", "zstd"];

/** Options of {@linkcode Exposition.stream}. */
export interface StreamOptions {
  /**
   * Whether to dispose of the exposition when the stream ends or is canceled.
   *
   * @default {false}
   */
  dispose?: boolean;
  /**
   * Seconds after which the stream ends early if nobody reads from it.
   *
   * @default {Infinity}
   */
  patience?: number;
}

/**
 * The result of one scrape. Its content stays the same, whatever happens to the metrics afterwards.
 *
 * The chunks are shared with the registry. It cannot reuse them while somebody may still read them, which makes later scrapes
 * of changed series slower; so dispose of an exposition whose `chunks` or `stream()` you use, best by `using`. `text()` and
 * `bytes()` copy, and need nothing of that kind.
 *
 * ```ts
 * import { Counter, Registry } from "@exporter/prometheus";
 *
 * const registry = new Registry();
 * registry.register(new Counter("jobs_total", "Jobs processed.")).inc();
 * console.log((await registry.expose()).text());
 *
 * using exposition = await registry.expose({ format: "openmetrics", encoding: "gzip" });
 * for (const chunk of exposition.chunks) console.log(chunk.byteLength);
 * ```
 */
export interface Exposition extends Disposable {
  /** The media type with its parameters, for the header `Content-Type`. */
  readonly contentType: string;
  /** The content coding, for the header `Content-Encoding`. */
  readonly encoding: Encoding;
  /** The total number of bytes. */
  readonly byteLength: number;
  /** Whether it was disposed of. */
  readonly isDisposed: boolean;
  /**
   * The bytes in chunks, without a copy. Do not write to them.
   *
   * @throws {TypeError} If the exposition was disposed of.
   */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /**
   * Copies all bytes into one array. Do not change it before the last read: the exposition may use it in place of its chunks.
   *
   * @throws {TypeError} If the exposition was disposed of.
   */
  bytes(): Uint8Array<ArrayBuffer>;
  /**
   * Decodes the text.
   *
   * @throws {TypeError} If the exposition is compressed, is protobuf, or was disposed of.
   */
  text(): string;
  /**
   * Streams the bytes in portions of about 64 KiB, at the pace of the reader.
   *
   * @throws {TypeError} If the exposition was disposed of, or an option is unknown.
   */
  stream(options?: StreamOptions): ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * Creates another exposition of the same bytes, for another reader, who disposes of it separately.
   *
   * @throws {TypeError} If this one was disposed of.
   */
  share(): Exposition;
  /** Gives the chunks back to the registry. They must not be read any more. */
  [Symbol.dispose](): void;
}
