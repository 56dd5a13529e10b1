/**
 * Metrics about the certificate and the encryption of a target, with the names that blackbox_exporter gives them.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { Gauge } from "../gauge.ts";
import type { Registry } from "../registry.ts";

const VERSIONS: Readonly<Record<string, string>> = {
  "TLSv1": "TLS 1.0",
  "TLSv1.1": "TLS 1.1",
  "TLSv1.2": "TLS 1.2",
  "TLSv1.3": "TLS 1.3",
};

/** Registers what is known about an encrypted connection. */
export function registerTlsMetrics(registry: Registry, socket: TLSSocket): void {
  const chain = chainOf(socket.getPeerCertificate(true)).map(({ raw }) => new X509Certificate(raw));
  const expiry = Math.min(...chain.map(({ validTo }) => Date.parse(validTo) / 1000));
  registry.register(
    new Gauge("probe_ssl_earliest_cert_expiry", "When the first certificate of the chain expires."),
  ).set(expiry);
  registry.register(
    new Gauge(
      "probe_ssl_last_chain_expiry_timestamp_seconds",
      "When the chain of certificates expires.",
    ),
  ).set(expiry);
  const [leaf] = chain;
  if (leaf !== undefined) {
    registry.register(
      new Gauge("probe_ssl_last_chain_info", "The certificate of the target.", {
        labels: ["fingerprint_sha256", "subject", "issuer", "subjectalternative", "serialnumber"],
      }),
    ).labels({
      fingerprint_sha256: leaf.fingerprint256.replaceAll(":", "").toLowerCase(),
      subject: distinguishedName(leaf.subject),
      issuer: distinguishedName(leaf.issuer),
      subjectalternative: dnsNames(leaf.subjectAltName),
      serialnumber: leaf.serialNumber.toLowerCase(),
    }).set(1);
  }
  registry.register(
    new Gauge("probe_tls_version_info", "The version of TLS.", { labels: ["version"] }),
  ).labels({ version: VERSIONS[socket.getProtocol() ?? ""] ?? "unknown" }).set(1);
  registry.register(
    new Gauge("probe_tls_cipher_info", "The cipher suite of TLS.", { labels: ["cipher"] }),
  ).labels({ cipher: socket.getCipher()?.standardName ?? "unknown" }).set(1);
}

/** Follows the issuers to the one that issued itself. */
function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next?.raw !== undefined && !chain.includes(next)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

/** Writes a name as Go does: the most specific part first (RFC 2253). */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? "").split("\n").reverse().join(",");
}

function dnsNames(names: string | undefined): string {
  const found = (names ?? "").matchAll(/(?:^|, )DNS:([^",]+)(?=,|$)/g);
  return Array.from(found, ([, name]) => name).join(",");
}
