/**
 * JSON documents.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import { mergePermissions } from "../collect/permissions.ts";
import type { PermissionSet } from "../collector.ts";
import type { Table } from "../model/config_table.ts";
import { toFilledString, toText } from "../model/config_values.ts";
import type { Family } from "../model/family.ts";
import { readFileBytes } from "./file_reader.ts";
import { isHttpAddress } from "./http_address.ts";
import { filePermissions, HTTP_KEYS, readHttpOptions } from "./http_options.ts";
import { request } from "./http_request.ts";
import { readJsonFamilies } from "./json_families.ts";
import { type JsonMetric, readJsonMetrics } from "./json_metric.ts";
import type { Source, SourceContext, SourcePlace } from "./source.ts";
import { takeHttpAddress, USER_AGENT } from "./url_source.ts";

const REQUEST_KEYS = [...HTTP_KEYS, "body", "valid_status_codes"];

/** The keys of a collector that {@linkcode readJsonSource} reads. */
export const JSON_KEYS = ["json", "metrics", ...REQUEST_KEYS];

/** Where a document comes from. */
interface DocumentPlace {
  readonly target: string;
  readonly permissions: PermissionSet;
  read(signal: AbortSignal): Promise<Uint8Array>;
}

/** A JSON document, with the metrics in it. */
class JsonSource implements Source {
  readonly kind = "json";
  readonly target: string;
  readonly permissions: PermissionSet;
  readonly #place: DocumentPlace;
  readonly #metrics: readonly JsonMetric[];

  constructor(place: DocumentPlace, metrics: readonly JsonMetric[]) {
    this.target = place.target;
    this.permissions = place.permissions;
    this.#place = place;
    this.#metrics = metrics;
  }

  async *read({ signal }: SourceContext): AsyncIterable<Family> {
    yield* readJsonFamilies(await this.#place.read(signal), this.#metrics, this.target);
  }
}

/** Reads and checks the source `json` in the table of a collector. */
export function readJsonSource(table: Table, place: SourcePlace): Source | undefined {
  const metrics = readJsonMetrics(table);
  if (!table.has("metrics")) table.report("expected at least one table of metrics");
  const text = table.takeSecret("json", "a URL or the path of a file", toFilledString);
  if (text === undefined) return undefined;
  const document = isHttpAddress(text) ? readRemote(table, place) : readLocal(table, text, place);
  return document && new JsonSource(document, metrics);
}

function readLocal(table: Table, text: string, { folder, maxBytes }: SourcePlace): DocumentPlace {
  for (const key of REQUEST_KEYS) {
    if (table.has(key)) table.report("only a URL has this key", key);
  }
  const path = isAbsolute(text) ? text : join(folder, text);
  return {
    target: path,
    permissions: { read: [path] },
    read: async () => (await readFileBytes(path, maxBytes)).bytes,
  };
}

function readRemote(table: Table, { folder, maxBytes }: SourcePlace): DocumentPlace | undefined {
  const options = readHttpOptions(table, folder);
  const body = table.take("body", "a string", toText);
  const statusCodes = table.take(
    "valid_status_codes",
    "a list of integers from 100 to 599",
    toStatusCodes,
  );
  const address = takeHttpAddress(table, "json", folder);
  if (address === undefined) return undefined;
  const headers = { accept: "application/json", "user-agent": USER_AGENT };
  return {
    target: address.text,
    permissions: mergePermissions([address.permissions, filePermissions(options)]),
    async read(signal) {
      const { body: bytes } = await request({
        address,
        options,
        headers,
        body,
        statusCodes,
        signal,
        maxBytes,
      });
      return bytes;
    },
  };
}

function toStatusCodes(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((code) => Number.isInteger(code) && code >= 100 && code <= 599)
    ? value
    : undefined;
}
