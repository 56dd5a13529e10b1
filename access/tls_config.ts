/**
 * The table `tls_server_config` of a web configuration.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import type { ConfigProblem, Table } from "../model/config_table.ts";
import {
  CURVES,
  CURVES_OF_GO,
  SUITES_OF_GO,
  SUITES_OF_HTTP2,
  SUITES_OF_TLS12,
  SUITES_OF_TLS13,
} from "./cipher_suites.ts";
import { Secret } from "./secret.ts";
import { toFlag, toText } from "../model/config_values.ts";

/** Text in PEM format, in a file or in the configuration itself. */
export type Pem =
  | { readonly key: string; readonly file: string }
  | { readonly key: string; readonly text: Secret };

/** The ways to treat client certificates, as in {@link https://pkg.go.dev/crypto/tls#ClientAuthType | Go}. */
export const CLIENT_AUTH_TYPES = [
  "NoClientCert",
  "RequestClientCert",
  "RequireAnyClientCert",
  "VerifyClientCertIfGiven",
  "RequireAndVerifyClientCert",
] as const;

/** A way to treat client certificates. */
export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

/** A version of TLS, as `node:tls` names it. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** How connections are encrypted. */
export interface TlsConfig {
  /** The certificate of the server, and those between it and a trusted one. */
  readonly cert: Pem;
  /** The private key of the certificate. */
  readonly key: Pem;
  /** The authorities that sign client certificates. */
  readonly clientCa?: Pem;
  /** How client certificates are treated. */
  readonly clientAuthType: ClientAuthType;
  /** The subject alternative names of which a client certificate must have one. */
  readonly clientAllowedSans?: readonly string[];
  /** The oldest version of TLS that is accepted. */
  readonly minVersion: TlsVersion;
  /** The newest version of TLS that is accepted. */
  readonly maxVersion: TlsVersion;
  /** The cipher suites that are accepted with TLS 1.2, by their names in Go. By default all that Deno has. */
  readonly cipherSuites?: readonly string[];
}

const KEYS = [
  ...["cert", "cert_file", "key", "key_file", "client_auth_type", "client_ca", "client_ca_file"],
  ...["client_allowed_sans", "min_version", "max_version", "cipher_suites"],
  ...["prefer_server_cipher_suites", "curve_preferences"],
];

/** The older name that exporter-toolkit still takes. */
const OLD_AUTH_TYPES: Readonly<Record<string, ClientAuthType>> = {
  RequireClientCert: "RequireAnyClientCert",
};

const VERSIONS: Readonly<Record<string, TlsVersion | undefined>> = {
  TLS10: undefined,
  TLS11: undefined,
  TLS12: "TLSv1.2",
  TLS13: "TLSv1.3",
};

/**
 * Reads the table. Problems are reported to it, and what is taken although a part of it has no effect to `warnings`.
 *
 * @param http2 Whether HTTP/2 is enabled, which requires certain cipher suites.
 * @returns The settings; undefined if there is neither a certificate nor anything that needs one.
 */
export function readTlsConfig(
  table: Table,
  http2: boolean,
  warnings: ConfigProblem[],
): TlsConfig | undefined {
  table.checkKeys(KEYS);
  const cert = readPem(table, "cert");
  const key = readPem(table, "key");
  const clientCa = readPem(table, "client_ca");
  const { type: clientAuthType, isGiven } = readClientAuthType(table, clientCa);
  const clientAllowedSans = readSans(table, clientAuthType);
  const minVersion = readVersion(table, "min_version") ?? "TLSv1.2";
  const maxVersion = readVersion(table, "max_version") ?? "TLSv1.3";
  if (minVersion > maxVersion) table.report("newer than max_version", "min_version");
  const cipherSuites = readSuites(table, { http2, minVersion, maxVersion }, warnings);
  table.take("prefer_server_cipher_suites", "true or false", toFlag);
  checkCurves(table, warnings);
  const isEnabled = cert !== undefined || key !== undefined || clientCa !== undefined || isGiven;
  if (!isEnabled) {
    if (!isEmpty(table)) {
      const message = "no effect without cert or cert_file: connections are not encrypted";
      warnings.push({ path: table.pathOf(), message });
    }
    return undefined;
  }
  if (cert === undefined) table.report("missing one of cert, cert_file");
  if (key === undefined) table.report("missing one of key, key_file");
  if (cert === undefined || key === undefined) return undefined;
  return {
    cert,
    key,
    ...(clientCa !== undefined && { clientCa }),
    clientAuthType,
    ...(clientAllowedSans !== undefined && { clientAllowedSans }),
    minVersion,
    maxVersion,
    ...(cipherSuites !== undefined && { cipherSuites }),
  };
}

function isEmpty(table: Table): boolean {
  return [...table.keys()].length === 0;
}

/** Reads `NAME` or `NAME_file`. An empty string counts as absent, as in Go. */
function readPem(table: Table, name: "cert" | "key" | "client_ca"): Pem | undefined {
  const text = table.takeSecret(name, "a string in PEM format", toText);
  const file = table.take(`${name}_file`, "a file name", toText);
  if (text && file) table.report(`cannot be combined with ${name}_file`, name);
  if (file) return { key: table.pathOf(`${name}_file`), file };
  return text ? { key: table.pathOf(name), text: new Secret(text) } : undefined;
}

function readClientAuthType(
  table: Table,
  clientCa: Pem | undefined,
): { type: ClientAuthType; isGiven: boolean } {
  const key = "client_auth_type";
  const given = table.take(key, `one of ${CLIENT_AUTH_TYPES.join(", ")}`, toClientAuthType);
  const type = given || "NoClientCert";
  if (type === "NoClientCert" && clientCa !== undefined) {
    table.report(
      `client_ca and client_ca_file need a policy that asks for certificates, got ${type}`,
      key,
    );
  }
  if (type === "RequireAndVerifyClientCert" && clientCa === undefined) {
    table.report(`${type} needs client_ca or client_ca_file`, key);
  }
  return { type, isGiven: table.has(key) && given !== "" };
}

function toClientAuthType(value: unknown): ClientAuthType | "" | undefined {
  if (value === "") return "";
  return CLIENT_AUTH_TYPES.find((type) => type === value) ??
    (typeof value === "string" && Object.hasOwn(OLD_AUTH_TYPES, value)
      ? OLD_AUTH_TYPES[value]
      : undefined);
}

function readSans(table: Table, type: ClientAuthType): readonly string[] | undefined {
  const key = "client_allowed_sans";
  const names = readList(table, key);
  if (names !== undefined && type === "NoClientCert") {
    table.report(`needs a client_auth_type that asks for certificates, got ${type}`, key);
  }
  return names;
}

function readVersion(table: Table, key: string): TlsVersion | undefined {
  const name = table.take(key, "TLS12 or TLS13", (value) => {
    if (value === "") return "";
    return typeof value === "string" && Object.hasOwn(VERSIONS, value) ? value : undefined;
  });
  if (name === undefined) return undefined;
  const version = VERSIONS[name];
  if (version === undefined) {
    const problem = name === ""
      ? "expected TLS12 or TLS13, got an empty string"
      : `${name} is not available here, expected TLS12 or TLS13`;
    table.report(problem, key);
  }
  return version;
}

/** What decides which cipher suites a configuration needs. */
interface Negotiation {
  readonly http2: boolean;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

function readSuites(
  table: Table,
  { http2, minVersion, maxVersion }: Negotiation,
  warnings: ConfigProblem[],
): readonly string[] | undefined {
  const key = "cipher_suites";
  const names = readNames(table, key, "cipher suite", [
    ...[...SUITES_OF_TLS12, ...SUITES_OF_TLS13, ...SUITES_OF_GO],
  ]);
  if (names === undefined || names.length === 0) return undefined;
  const path = table.pathOf(key);
  const available = names.filter((name) => SUITES_OF_TLS12.includes(name));
  const missing = names.filter((name) => SUITES_OF_GO.includes(name));
  if (missing.length > 0) {
    const message = `not available here: ${missing.join(", ")}`;
    if (available.length === 0) table.report(message, key);
    else warnings.push({ path, message });
  }
  if (available.length === 0 && missing.length === 0 && maxVersion === "TLSv1.2") {
    table.report("has no cipher suite of TLS 1.2, which max_version requires", key);
  }
  if (http2 && minVersion === "TLSv1.2" && !names.some((name) => SUITES_OF_HTTP2.includes(name))) {
    table.report(`HTTP/2 requires one of ${SUITES_OF_HTTP2.join(", ")}, or http2: false`, key);
  }
  if (SUITES_OF_TLS12.some((name) => !names.includes(name)) && minVersion === "TLSv1.2") {
    const message =
      "the client chooses among all that are available here; connections with others are closed";
    warnings.push({ path, message });
  }
  return available;
}

/** Checks the curves. A list has to contain those that Deno has, since it cannot exclude them. */
function checkCurves(table: Table, warnings: ConfigProblem[]): void {
  const key = "curve_preferences";
  const names = readNames(table, key, "curve", [...CURVES, ...CURVES_OF_GO]);
  if (names === undefined || names.length === 0) return;
  const excluded = CURVES.filter((name) => !names.includes(name));
  const missing = names.filter((name) => CURVES_OF_GO.includes(name));
  if (excluded.length > 0) {
    table.report(
      `${excluded.join(", ")} cannot be excluded here` +
        (missing.length > 0 ? `, and ${missing.join(", ")} is not available` : ""),
      key,
    );
  } else if (missing.length > 0) {
    warnings.push({
      path: table.pathOf(key),
      message: `not available here: ${missing.join(", ")}`,
    });
  }
}

/** Reads a list of names of which each must be known. */
function readNames(
  table: Table,
  key: string,
  kind: string,
  known: readonly string[],
): readonly string[] | undefined {
  const names = readList(table, key);
  for (const name of names ?? []) {
    if (!known.includes(name)) table.report(`unknown ${kind} ${describe(name)}`, key);
  }
  return names?.filter((name) => known.includes(name));
}

function readList(table: Table, key: string): readonly string[] | undefined {
  return table.take(key, "a list of strings", (value) => {
    if (!Array.isArray(value)) return undefined;
    const items = value.map(toText);
    return items.every((item) => item !== undefined) ? items : undefined;
  });
}
