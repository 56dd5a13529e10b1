/**
 * Probers for HTTP and TCP, to be used with {@linkcode Exporter.probe}. They have the metrics and the options of blackbox_exporter's.
 *
 * ```ts
 * import { Exporter } from "@exporter/prometheus";
 * import { httpProbe, tcpProbe } from "@exporter/prometheus/probers";
 *
 * const exporter = new Exporter({ configFile: false });
 * exporter.probe("/probe", {
 *   http_2xx: httpProbe(),
 *   ssh_banner: tcpProbe({ queryResponse: [{ expect: "^SSH-2.0-" }] }),
 * }, { targets: ["*.example.com"] });
 * ```
 *
 * @module
 */

import type { Probe } from "./probe.ts";
import type { HttpProbeOptions } from "./probes/http_options.ts";
import type { TcpProbeOptions } from "./probes/tcp_options.ts";
import { createHttpProbe } from "./probes/http.ts";
import { createTcpProbe } from "./probes/tcp.ts";

export type { HeaderMatch, HttpProbeOptions } from "./probes/http_options.ts";
export type { TcpProbeOptions, TcpStep } from "./probes/tcp_options.ts";
export type { ProbeTlsOptions } from "./probes/tls_options.ts";

/**
 * Creates a probe that requests a URL, and checks the response. A target without a scheme is taken for an `http:` URL.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 * @throws {SyntaxError} If a regular expression is invalid.
 */
export function httpProbe(options: HttpProbeOptions = {}): Probe {
  return createHttpProbe(options);
}

/**
 * Creates a probe that connects to a host and a port, encrypted if wanted, and checks what it reads there.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 * @throws {SyntaxError} If a regular expression is invalid.
 */
export function tcpProbe(options: TcpProbeOptions = {}): Probe {
  return createTcpProbe(options);
}
