/**
 * Other exporters, whose metrics are relayed.
 *
 * @module
 */

import { mergePermissions } from "../collect/permissions.ts";
import { secondsUntil } from "../model/deadline.ts";
import type { Table } from "../model/config_table.ts";
import type { Family } from "../model/family.ts";
import { VERSION } from "../version.ts";
import { readExposition } from "./exposition_reader.ts";
import { HTTP_ADDRESS, type HttpAddress, parseHttpAddress } from "./http_address.ts";
import { filePermissions, HTTP_KEYS, type HttpOptions, readHttpOptions } from "./http_options.ts";
import { request } from "./http_request.ts";
import type { Source, SourceContext, SourcePlace } from "./source.ts";

/** The keys of a collector that {@linkcode readUrlSource} reads. */
export const URL_KEYS = ["url", ...HTTP_KEYS];

/** What clients that read expositions call themselves. */
export const USER_AGENT = `exporter-prometheus/${VERSION}`;

/** OpenMetrics is preferred, because it has units and exemplars. Protobuf adds native histograms, which the parser leaves out. */
const ACCEPT =
  "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

/** An exporter that is scraped for each reading. */
class UrlSource implements Source {
  readonly kind = "url";
  readonly target: string;
  readonly permissions: Source["permissions"];
  readonly #address: HttpAddress;
  readonly #options: HttpOptions;
  readonly #maxBytes: number;

  constructor(address: HttpAddress, options: HttpOptions, maxBytes: number) {
    this.target = address.text;
    this.permissions = mergePermissions([address.permissions, filePermissions(options)]);
    this.#address = address;
    this.#options = options;
    this.#maxBytes = maxBytes;
  }

  async *read({ signal, deadline }: SourceContext): AsyncIterable<Family> {
    const secondsLeft = Math.max(0, secondsUntil(deadline));
    const { body, contentType } = await request({
      address: this.#address,
      options: this.#options,
      headers: {
        accept: ACCEPT,
        "user-agent": USER_AGENT,
        "x-prometheus-scrape-timeout-seconds": secondsLeft.toFixed(3),
      },
      signal,
      maxBytes: this.#maxBytes,
    });
    yield* readExposition(body, this.target, { contentType });
  }
}

/** Reads and checks the source `url` in the table of a collector. */
export function readUrlSource(table: Table, place: SourcePlace): Source | undefined {
  const { folder, maxBytes } = place;
  const options = readHttpOptions(table, folder);
  const address = takeHttpAddress(table, "url", folder);
  return address && new UrlSource(address, options, maxBytes);
}

/** Takes an address. It may contain a password, so that problems do not show it. */
export function takeHttpAddress(
  table: Table,
  key: string,
  folder: string,
): HttpAddress | undefined {
  return table.takeSecret(
    key,
    HTTP_ADDRESS,
    (value) => typeof value === "string" ? parseHttpAddress(value, folder) : undefined,
  );
}
