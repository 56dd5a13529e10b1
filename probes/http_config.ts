/**
 * The table `http` of a module, with the keys of blackbox_exporter.
 *
 * @module
 */

import type { Table } from "../model/config_table.ts";
import { toFilledString, toFlag, toText } from "../model/config_values.ts";
import { type FileReader, oneOf, present, TEXTS, toTexts } from "./config_tables.ts";
import type { HeaderMatch, HttpProbeOptions } from "./http_options.ts";
import { readTlsOptions } from "./tls_config.ts";

const KEYS = [
  ...[
    "method",
    "headers",
    "body",
    "basic_auth",
    "authorization",
    "bearer_token",
    "bearer_token_file",
  ],
  ...["valid_status_codes", "valid_http_versions", "follow_redirects"],
  ...["fail_if_ssl", "fail_if_not_ssl", "fail_if_body_matches_regexp"],
  ...["fail_if_body_not_matches_regexp", "fail_if_header_matches", "fail_if_header_not_matches"],
  ...["compression", "body_size_limit", "preferred_ip_protocol", "ip_protocol_fallback"],
  "tls_config",
];

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** Reads the table of a module. Problems are reported to it. */
export async function readHttpOptions(
  owner: Table,
  files: FileReader,
): Promise<HttpProbeOptions> {
  const table = owner.table("http");
  table.checkKeys(KEYS);
  const flag = (key: string) => table.take(key, "true or false", toFlag);
  const texts = (key: string) => table.take(key, TEXTS, toTexts);
  return present<HttpProbeOptions>({
    method: table.take("method", "an HTTP method", toFilledString),
    headers: { ...await readAuthorization(table, files), ...readHeaders(table) },
    body: table.take("body", "a string", toText),
    basicAuth: await readBasicAuth(table, files),
    bearerToken: await files.secret(table, "bearer_token"),
    validStatusCodes: table.take("valid_status_codes", "a list of integers", toIntegers),
    validHttpVersions: texts("valid_http_versions"),
    followRedirects: flag("follow_redirects"),
    failIfSsl: flag("fail_if_ssl"),
    failIfNotSsl: flag("fail_if_not_ssl"),
    failIfBodyMatchesRegexp: texts("fail_if_body_matches_regexp"),
    failIfBodyNotMatchesRegexp: texts("fail_if_body_not_matches_regexp"),
    failIfHeaderMatches: readHeaderMatches(table, "fail_if_header_matches"),
    failIfHeaderNotMatches: readHeaderMatches(table, "fail_if_header_not_matches"),
    compression: table.take(
      "compression",
      "one of identity, gzip, br, deflate",
      oneOf(["identity", "gzip", "br", "deflate"]),
    ),
    bodySizeLimit: table.take("body_size_limit", 'a number of bytes, or "10MB"', toSize),
    ...readAddressPreference(table),
    tls: await readTlsOptions(table, files),
  });
}

/** Reads which version of the Internet Protocol to use. */
export function readAddressPreference(
  table: Table,
): Pick<HttpProbeOptions, "preferredIpProtocol" | "ipProtocolFallback"> {
  return present<Pick<HttpProbeOptions, "preferredIpProtocol" | "ipProtocolFallback">>({
    preferredIpProtocol: table.take("preferred_ip_protocol", "ip4 or ip6", oneOf(["ip4", "ip6"])),
    ipProtocolFallback: table.take("ip_protocol_fallback", "true or false", toFlag),
  });
}

function readHeaders(owner: Table): Record<string, string> | undefined {
  if (!owner.has("headers")) return undefined;
  const table = owner.secretTable("headers");
  const entries = Array.from(table.keys(), (name) => {
    return [name, table.takeSecret(name, "a string", toText) ?? ""] as const;
  });
  return Object.fromEntries(entries);
}

/** Returns the header that credentials of any scheme make, by default those of a bearer. */
async function readAuthorization(
  owner: Table,
  files: FileReader,
): Promise<Record<string, string> | undefined> {
  if (!owner.has("authorization")) return undefined;
  for (const other of ["basic_auth", "bearer_token", "bearer_token_file"]) {
    if (owner.has(other)) owner.report(`cannot be combined with ${other}`, "authorization");
  }
  const table = owner.secretTable("authorization");
  table.checkKeys(["type", "credentials", "credentials_file"]);
  const type = table.take("type", "a scheme", toFilledString) ?? "Bearer";
  return { Authorization: `${type} ${await files.secret(table, "credentials") ?? ""}` };
}

async function readBasicAuth(
  owner: Table,
  files: FileReader,
): Promise<HttpProbeOptions["basicAuth"]> {
  if (!owner.has("basic_auth")) return undefined;
  const table = owner.secretTable("basic_auth");
  table.checkKeys(["username", "password", "password_file"]);
  const username = table.take("username", "a string", toText) ?? "";
  return { username, password: await files.secret(table, "password") ?? "" };
}

function readHeaderMatches(
  owner: Table,
  key: string,
): HeaderMatch[] | undefined {
  if (!owner.has(key)) return undefined;
  return owner.tables(key).map((table) => {
    table.checkKeys(["header", "regexp", "allow_missing"]);
    for (const name of ["header", "regexp"]) if (!table.has(name)) table.report(`missing ${name}`);
    return {
      header: table.take("header", "a header", toFilledString) ?? "",
      regexp: table.take("regexp", "a regular expression", toText) ?? "",
      allowMissing: table.take("allow_missing", "true or false", toFlag) ?? false,
    };
  });
}

function toIntegers(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every(Number.isInteger) ? value : undefined;
}

function toSize(value: unknown): number | undefined {
  if (typeof value === "number") return value >= 1 ? value : undefined;
  const match = typeof value === "string" ? /^(\d{1,9})(B|KB|MB|GB)$/.exec(value) : null;
  return match === null ? undefined : Number(match[1]) * UNITS[match[2]!]! || undefined;
}
