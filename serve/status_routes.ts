/**
 * The status page and its documents over HTTP.
 *
 * @module
 */

import type { Gathering } from "../collect/gather.ts";
import { type FamilyQuery, SORT_ORDERS } from "../status/families.ts";
import { Lookout } from "../status/lookout.ts";
import { pagePolicy, statusPage, type StatusPageOptions } from "../status/page.ts";
import { Reporter, type ReportSubject } from "../status/report.ts";
import type { SeriesQuery } from "../status/series.ts";
import type { HttpRequest } from "./request.ts";
import { htmlReply, jsonReply, type Reply, textReply } from "./response.ts";

/** Options of {@linkcode StatusRoutes}. */
export interface StatusRoutesOptions extends Omit<ReportSubject, "lookout"> {
  /** The path of the metrics. */
  readonly metricsPath: string;
  /** Collects everything. */
  readonly gather: () => Promise<Gathering>;
  /** Starts the exporter, if nothing has done that. */
  readonly startUp: () => void;
  /** Returns whether a client may read the messages of errors and the configuration. */
  readonly mayReadDetails: (request: HttpRequest) => Promise<boolean>;
}

/** Answers requests for the status. */
export class StatusRoutes {
  readonly #options: StatusRoutesOptions;
  readonly #lookout: Lookout;
  readonly #reporter: Reporter;

  /** Creates the routes. Nothing is looked at before the first request. */
  constructor(options: StatusRoutesOptions) {
    this.#options = options;
    this.#lookout = new Lookout({ gather: options.gather });
    this.#reporter = new Reporter({ ...options, lookout: this.#lookout });
  }

  /** Frees what was remembered for viewers, if there are none any more. */
  forgetIfUnwatched(): void {
    this.#lookout.forgetIfUnwatched();
  }

  /** Answers with the page. */
  async page(request: HttpRequest): Promise<Reply> {
    const { metricsPath, startUp, mayReadDetails } = this.#options;
    startUp();
    const parameters = new URLSearchParams(request.search);
    const query = familyQuery(parameters);
    const name = parameters.get("family");
    const family = name === null ? undefined : await this.#family(name, parameters);
    const status = await this.#reporter.status(query, await mayReadDetails(request));
    const html = statusPage({
      status,
      query,
      metricsPath: metricsPath.slice(1),
      ...(family && { family }),
    });
    return htmlReply(html, await pagePolicy(), { "cache-control": "no-store" });
  }

  /** Answers with the status document. */
  async document(request: HttpRequest): Promise<Reply> {
    const { startUp, mayReadDetails } = this.#options;
    startUp();
    const query = familyQuery(new URLSearchParams(request.search));
    return jsonReply(await this.#reporter.status(query, await mayReadDetails(request)));
  }

  /** Answers with some series of a family. */
  async series(request: HttpRequest): Promise<Reply> {
    this.#options.startUp();
    const parameters = new URLSearchParams(request.search);
    const name = parameters.get("family");
    if (name === null) return textReply(400, "The parameter family is missing");
    const series = await this.#reporter.series(name, seriesQuery(parameters));
    return series === undefined ? textReply(404, "No such family") : jsonReply(series);
  }

  async #family(
    name: string,
    parameters: URLSearchParams,
  ): Promise<NonNullable<StatusPageOptions["family"]>> {
    const query = seriesQuery(parameters);
    return { name, match: query.match, series: await this.#reporter.series(name, query) };
  }
}

function familyQuery(parameters: URLSearchParams): FamilyQuery {
  const sort = SORT_ORDERS.find((order) => order === parameters.get("sort")) ?? "name";
  return { search: parameters.get("q") ?? "", sort };
}

function seriesQuery(parameters: URLSearchParams): SeriesQuery {
  const offset = Number(parameters.get("offset"));
  const isOffset = Number.isSafeInteger(offset) && offset > 0;
  return { match: parameters.get("match") ?? "", offset: isOffset ? offset : 0 };
}
