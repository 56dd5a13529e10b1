/**
 * The limits of the receiver of OpenTelemetry metrics.
 *
 * @module
 */

/** The limits of the receiver of OpenTelemetry metrics. */
export interface OtlpLimits {
  /** The maximum number of bytes of a request, after decompression. */
  readonly maxBodyBytes: number;
  /** The maximum number of series. A histogram is one. */
  readonly maxSeries: number;
  /** The maximum number of resources, such as programs. */
  readonly maxResources: number;
  /** Seconds for which a series is exposed without an update. */
  readonly maxAge: number;
}

/** The default of each limit. */
export const OTLP_LIMITS: OtlpLimits = {
  maxBodyBytes: 1024 * 1024,
  maxSeries: 10_000,
  maxResources: 100,
  maxAge: 300,
};
