/**
 * The table `tcp` of a module, with the keys of blackbox_exporter.
 *
 * @module
 */

import type { Table } from "../model/config_table.ts";
import { toFilledString, toFlag, toText } from "../model/config_values.ts";
import { type FileReader, present } from "./config_tables.ts";
import { readAddressPreference } from "./http_config.ts";
import type { TcpProbeOptions, TcpStep } from "./tcp_options.ts";
import { readTlsOptions } from "./tls_config.ts";

const KEYS = [
  "query_response",
  "tls",
  "tls_config",
  "preferred_ip_protocol",
  "ip_protocol_fallback",
];

/** Reads the table of a module. Problems are reported to it. */
export async function readTcpOptions(owner: Table, files: FileReader): Promise<TcpProbeOptions> {
  const table = owner.table("tcp");
  table.checkKeys(KEYS);
  return present<TcpProbeOptions>({
    queryResponse: table.tables("query_response").map((step) => readStep(step)),
    encrypted: table.take("tls", "true or false", toFlag),
    ...readAddressPreference(table),
    tls: await readTlsOptions(table, files),
  });
}

function readStep(table: Table): TcpStep {
  table.checkKeys(["expect", "expect_bytes", "labels", "send", "starttls"]);
  return present<TcpStep>({
    expect: table.take("expect", "a regular expression", toFilledString),
    expectBytes: table.take("expect_bytes", "a string that is not empty", toFilledString),
    labels: table.has("labels") ? readLabels(table) : undefined,
    send: table.take("send", "a string that is not empty", toFilledString),
    startTls: table.take("starttls", "true or false", toFlag),
  });
}

/** Labels are a table here, and a list of tables in blackbox_exporter. */
function readLabels(owner: Table): Record<string, string> {
  if (Array.isArray(owner.pick(["labels"])["labels"])) {
    return Object.fromEntries(
      owner.tables("labels").map((table) => {
        table.checkKeys(["name", "value"]);
        const name = table.take("name", "a label name", toFilledString) ?? "";
        return [name, table.take("value", "a string", toText) ?? ""];
      }),
    );
  }
  const table = owner.table("labels");
  return Object.fromEntries(
    Array.from(table.keys(), (name) => [name, table.take(name, "a string", toText) ?? ""]),
  );
}
