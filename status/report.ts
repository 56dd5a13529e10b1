/**
 * Makes the documents about an exporter.
 *
 * @module
 */

import { redact } from "./redact.ts";
import { collectorStates, type Registry } from "../registry.ts";
import { VERSION } from "../version.ts";
import { collectorStatuses, summaryOf } from "./collectors.ts";
import type { MetricsStatus, SeriesDocument, Setting, StatusDocument } from "./document.ts";
import { type FamilyQuery, leftOut, selectFamilies } from "./families.ts";
import type { Look, Lookout } from "./lookout.ts";
import { runtimeStatus } from "./runtime_status.ts";
import { labelCounts, seriesPage, type SeriesQuery } from "./series.ts";

/** What reports are about. */
export interface ReportSubject {
  /** The registry that is exposed. */
  readonly registry: Registry;
  /** Looks at the metrics. */
  readonly lookout: Lookout;
  /** The version of the program. */
  readonly version: string;
  /** Returns the name of the exporter. */
  readonly name: () => string;
  /** Returns whether the exporter accepts scrapes. */
  readonly isReady: () => boolean;
  /** Returns the timeout of scrapes, in seconds. */
  readonly timeout: () => number;
  /** Returns the settings in effect. */
  readonly settings: () => readonly Setting[];
}

/** The maximum number of results of one look that are remembered. */
const MAX_REMEMBERED = 16;

/** Makes documents, and shares what takes long between those who ask for it between two looks. */
export class Reporter {
  readonly #subject: ReportSubject;
  readonly #shared = new WeakMap<Look, Map<string, Promise<unknown>>>();

  /** Creates a reporter. */
  constructor(subject: ReportSubject) {
    this.#subject = subject;
  }

  /**
   * Returns the status of the exporter.
   *
   * @param query Which families to list.
   * @param isDetailed Whether to include error messages and the configuration.
   */
  async status(query: FamilyQuery, isDetailed: boolean): Promise<StatusDocument> {
    const { registry, lookout, version, name, isReady, timeout, settings } = this.#subject;
    const look = isReady() ? await lookout.look() : undefined;
    const collectors = collectorStatuses(collectorStates(registry), {
      timeout: timeout(),
      isDetailed,
    });
    return {
      version: 1,
      exporter: { name: name(), version, library: VERSION },
      time: Date.now() / 1000,
      isReady: isReady(),
      isDetailed,
      refresh: lookout.interval,
      summary: summaryOf(collectors, isReady()),
      collectors,
      metrics: look === undefined ? null : metricsStatus(look, query),
      configuration: isDetailed
        ? settings().map((setting) => ({ ...setting, value: redact(setting.value) }))
        : [],
      runtime: await runtimeStatus(),
    };
  }

  /** Returns some series of a family; undefined if there is no such family. */
  async series(family: string, query: SeriesQuery): Promise<SeriesDocument | undefined> {
    const { lookout, isReady } = this.#subject;
    const look = isReady() ? await lookout.look() : undefined;
    const status = look?.families.find(({ name }) => name === family);
    const gathered = look?.gathering.families.find(({ name }) => name === family);
    if (look === undefined || status === undefined || gathered === undefined) return undefined;
    const { match, offset } = query;
    const page = await this.#share(look, JSON.stringify(["page", family, match, offset]), () => {
      return seriesPage(gathered, query);
    });
    const labels = await this.#share(look, JSON.stringify(["labels", family]), () => {
      return labelCounts(gathered);
    });
    const { time } = look;
    return { version: 1, time, refresh: lookout.interval, family: status, ...page, labels };
  }

  #share<T>(look: Look, key: string, make: () => Promise<T>): Promise<T> {
    const results = this.#shared.get(look) ?? new Map<string, Promise<unknown>>();
    this.#shared.set(look, results);
    const known = results.get(key);
    if (known !== undefined) return known as Promise<T>;
    const made = make();
    for (const oldest of results.keys()) {
      if (results.size < MAX_REMEMBERED) break;
      results.delete(oldest);
    }
    results.set(key, made);
    return made;
  }
}

function metricsStatus(look: Look, query: FamilyQuery): MetricsStatus {
  const { time, duration, gathering, families, growthSince } = look;
  const { largest, growing, lint, lintCount } = look;
  return {
    time,
    duration,
    series: gathering.samples,
    familyCount: gathering.families.length,
    ...selectFamilies(families, query),
    growthSince,
    largest,
    growing,
    lint,
    lintCount,
    leftOut: leftOut(gathering),
  };
}
