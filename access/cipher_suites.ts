/**
 * Cipher suites and curves by the names that Go gives them, and which of them this runtime has.
 *
 * Deno's TLS takes neither a list of cipher suites nor one of curves: `node:tls` ignores `ciphers` and `ecdhCurve` of a server. What
 * it negotiates is fixed, and the constants below were found by experiment.
 *
 * @module
 */

/** The cipher suites that Go names in `tls.CipherSuites()` and that Deno negotiates in TLS 1.2. */
export const SUITES_OF_TLS12: readonly string[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/** The cipher suites of TLS 1.3, which can be neither selected nor excluded, in Go as well as here. */
export const SUITES_OF_TLS13: readonly string[] = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
];

/** The cipher suites of `tls.CipherSuites()` that Deno does not have. */
export const SUITES_OF_GO: readonly string[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
];

/** The cipher suites of which HTTP/2 over TLS 1.2 requires one, see {@link https://www.rfc-editor.org/rfc/rfc9113#section-9.2.2 | RFC 9113, section 9.2.2}. */
export const SUITES_OF_HTTP2: readonly string[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
];

/** The curves that Deno negotiates. None of them can be excluded. */
export const CURVES: readonly string[] = ["CurveP256", "CurveP384", "X25519"];

/** The curves that Go has and Deno has not. */
export const CURVES_OF_GO: readonly string[] = ["CurveP521"];
