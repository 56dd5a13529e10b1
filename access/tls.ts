/**
 * The settings of `node:https` for a web configuration.
 *
 * Deno's `node:https` honors `key`, `cert`, `ca`, `requestCert`, `rejectUnauthorized`, `minVersion` and `maxVersion`. It ignores
 * `ciphers` and `ecdhCurve`, and accepts keys that do not belong to the certificate, with which every handshake fails. So these are
 * checked here.
 *
 * @module
 */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Server } from "node:tls";
import type { TlsConfig, TlsVersion } from "./tls_config.ts";

/** The PEM texts that a configuration names. */
export interface TlsTexts {
  /** The certificate of the server, and those between it and a trusted one. */
  readonly cert: string;
  /** The private key. */
  readonly key: string;
  /** The authorities that sign client certificates. */
  readonly clientCa?: string;
}

/** What `createServer()` of `node:https` takes. */
export interface TlsServerOptions {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

/** A problem with one of the texts. */
export interface TlsProblem {
  readonly part: keyof TlsTexts;
  readonly message: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/** Finds what is wrong with certificates and keys. The messages contain nothing of them. */
export function tlsProblems({ cert, key, clientCa }: TlsTexts): TlsProblem[] {
  const problems: TlsProblem[] = [];
  const certificates = parseCertificates(cert);
  if (certificates === undefined) {
    problems.push({ part: "cert", message: "expected certificates in PEM format" });
  }
  const privateKey = parseKey(key);
  if (privateKey === undefined) {
    const message = "expected a private key in PEM format that is not encrypted";
    problems.push({ part: "key", message });
  } else if (!isAvailable(privateKey)) {
    const message = "this type of key is not available here, expected RSA, P-256, P-384, " +
      "P-521 or Ed25519";
    problems.push({ part: "key", message });
  } else if (certificates?.[0]?.checkPrivateKey(privateKey) === false) {
    problems.push({ part: "key", message: "does not belong to the certificate" });
  }
  if (clientCa !== undefined && parseCertificates(clientCa) === undefined) {
    problems.push({ part: "clientCa", message: "expected certificates in PEM format" });
  }
  return problems;
}

function parseCertificates(text: string): X509Certificate[] | undefined {
  try {
    const certificates = Array.from(
      text.matchAll(CERTIFICATE),
      ([pem]) => new X509Certificate(pem),
    );
    return certificates.length > 0 ? certificates : undefined;
  } catch {
    return undefined;
  }
}

function parseKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

function isAvailable({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType !== "ec") {
    return asymmetricKeyType === "rsa" || asymmetricKeyType === "ed25519";
  }
  return CURVES.includes(asymmetricKeyDetails?.namedCurve ?? "");
}

/** Returns the options of `createServer()` for a configuration and the texts that it names. */
export function tlsServerOptions(config: TlsConfig, texts: TlsTexts): TlsServerOptions {
  const { clientAuthType, minVersion, maxVersion } = config;
  return {
    cert: texts.cert,
    key: texts.key,
    ...(texts.clientCa !== undefined && { ca: texts.clientCa }),
    requestCert: clientAuthType !== "NoClientCert",
    rejectUnauthorized: clientAuthType === "RequireAndVerifyClientCert",
    minVersion,
    maxVersion,
  };
}

/** Makes a running server use other options for new connections. Those that are open go on with the former ones. */
export function replaceTls(server: Server, options: TlsServerOptions): void {
  const { requestCert, rejectUnauthorized } = options;
  // `setSecureContext()` alone leaves these as they were.
  Object.assign(server, { requestCert, rejectUnauthorized });
  server.setSecureContext(options);
}
