/**
 * The check of TLS connections after the handshake, for what `node:https` in Deno leaves out.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { subjectAltNames } from "./subject_alt_names.ts";
import type { ClientAuthType, TlsConfig } from "./tls_config.ts";

/** The policies under which a client that has no certificate is refused. */
const REQUIRING: readonly ClientAuthType[] = ["RequireAnyClientCert", "RequireAndVerifyClientCert"];
/** The policies under which a certificate has to be signed by one of the authorities. */
const VERIFYING: readonly ClientAuthType[] = [
  "VerifyClientCertIfGiven",
  "RequireAndVerifyClientCert",
];

/** The maximum number of certificates that are remembered. Beyond it, the one that was verified first is forgotten. */
const MAX_CERTIFICATES = 1000;

/** What is needed of a connection to check it. */
export type CheckedSocket = Pick<
  TLSSocket,
  "authorized" | "getCipher" | "getPeerCertificate" | "isSessionReused"
>;

/**
 * Checks connections by one configuration. Another configuration needs another check.
 *
 * Deno takes the certificate of a resumed session for trusted without looking at it, even if the session began with a certificate that
 * was not trusted, under another configuration, or at another server of the process. So a resumed session is accepted only with a
 * certificate that was verified in a full handshake under the same configuration, and has not expired since.
 */
export class ConnectionCheck {
  readonly #config: TlsConfig;
  /** When the certificates that were verified expire, in milliseconds, by their fingerprints. */
  readonly #verified = new Map<string, number>();

  /** Creates a check. */
  constructor(config: TlsConfig) {
    this.#config = config;
  }

  /**
   * Returns why a connection must be closed before it is used, if it must. Call it on `secureConnection`, which a server emits before
   * the first request.
   */
  problem(socket: CheckedSocket): string | undefined {
    const { cipherSuites, clientAuthType, clientAllowedSans } = this.#config;
    const { standardName, version } = socket.getCipher();
    if (
      cipherSuites !== undefined && version === "TLSv1.2" && !cipherSuites.includes(standardName)
    ) {
      return `cipher suite ${standardName} is not in cipher_suites`;
    }
    if (clientAuthType === "NoClientCert") return undefined;
    const { raw, fingerprint256 } = socket.getPeerCertificate() ?? {};
    if (raw === undefined) {
      return REQUIRING.includes(clientAuthType) ? "client certificate is missing" : undefined;
    }
    if (VERIFYING.includes(clientAuthType) && !this.#isTrusted(socket, raw, fingerprint256)) {
      return "client certificate is not trusted";
    }
    if (clientAllowedSans === undefined || hasName(raw, clientAllowedSans)) return undefined;
    return "client certificate has no name in client_allowed_sans";
  }

  #isTrusted(socket: CheckedSocket, der: Uint8Array, fingerprint: string): boolean {
    if (socket.isSessionReused()) return (this.#verified.get(fingerprint) ?? 0) > Date.now();
    if (!socket.authorized) return false;
    this.#verified.set(fingerprint, Date.parse(new X509Certificate(der).validTo));
    if (this.#verified.size > MAX_CERTIFICATES) {
      this.#verified.delete(this.#verified.keys().next().value!);
    }
    return true;
  }
}

function hasName(certificate: Uint8Array, names: readonly string[]): boolean {
  try {
    return subjectAltNames(certificate).some((name) => names.includes(name));
  } catch {
    return false;
  }
}
