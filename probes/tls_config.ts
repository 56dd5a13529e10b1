/**
 * The table `tls_config` of a module.
 *
 * @module
 */

import type { Table } from "../model/config_table.ts";
import { toFilledString, toFlag } from "../model/config_values.ts";
import { type FileReader, present } from "./config_tables.ts";
import type { ProbeTlsOptions } from "./tls_options.ts";

const KEYS = [
  ...["ca", "ca_file", "cert", "cert_file", "key", "key_file", "server_name"],
  ...["insecure_skip_verify", "min_version", "max_version"],
];

const VERSIONS = { TLS12: "TLSv1.2", TLS13: "TLSv1.3" } as const;

/** Reads the table of an owner. Problems are reported to it. */
export async function readTlsOptions(owner: Table, files: FileReader): Promise<ProbeTlsOptions> {
  const table = owner.table("tls_config");
  table.checkKeys(KEYS);
  return present<ProbeTlsOptions>({
    ca: await files.secret(table, "ca"),
    cert: await files.secret(table, "cert"),
    key: await files.secret(table, "key"),
    serverName: table.take("server_name", "a host name", toFilledString),
    insecureSkipVerify: table.take("insecure_skip_verify", "true or false", toFlag),
    minVersion: table.take("min_version", "TLS12 or TLS13", toVersion),
    maxVersion: table.take("max_version", "TLS12 or TLS13", toVersion),
  });
}

function toVersion(value: unknown): ProbeTlsOptions["minVersion"] {
  return value === "TLS12" || value === "TLS13" ? VERSIONS[value] : undefined;
}
