/**
 * A real Prometheus that scrapes what a test serves.
 *
 * @module
 */

import { parseBound } from "../../model/numbers.ts";
import { fileURLToPath } from "node:url";
import { Program, ROOT } from "../support/program.ts";
import { freePort } from "./network.ts";
import { findTool } from "./tool.ts";
import { until } from "../support/until.ts";

/** One series of the answer to a query. */
export interface Series {
  readonly labels: Record<string, string>;
  readonly value: string;
}

/** An exemplar with the series that it belongs to. */
export interface StoredExemplar {
  readonly series: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly value: string;
  /** In seconds. */
  readonly timestamp: number;
}

/** A release of Prometheus. */
export interface Release {
  /** Its name with its version, such as `Prometheus 3.5.3`. */
  readonly name: string;
  /** The major version. */
  readonly major: number;
  /** The program `prometheus`. */
  readonly prometheus: string;
  /** The program `promtool`. */
  readonly promtool: string;
}

/** The releases to test with: the one of the system, and the one that `tools/fetch_parts` has fetched. */
export const RELEASES: readonly Release[] = [
  release("prometheus", "promtool", 2),
  release(part("prometheus"), part("promtool"), 3),
];

function part(name: string): string {
  return fileURLToPath(new URL(`.parts/${name}`, ROOT));
}

function release(prometheus: string, promtool: string, major: number): Release {
  const version = findTool(prometheus) && versionOf(prometheus) || `${major}`;
  return { name: `Prometheus ${version}`, major: parseInt(version), prometheus, promtool };
}

function versionOf(program: string): string | undefined {
  const { stdout } = new Deno.Command(program, { args: ["--version"] }).outputSync();
  return /version (\d+\.\d+\.\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
}

/** Options of {@linkcode Prometheus.start}. */
export interface PrometheusOptions {
  /**
   * The release to start.
   *
   * @default the one of the system
   */
  release?: Release;
  /**
   * What to enable that is off by default.
   *
   * @default {[]}
   */
  features?: readonly string[];
}

/** What Prometheus knows of a metric besides its series. */
export interface Metadata {
  readonly type: string;
  readonly help: string;
}

/** A Prometheus with a folder and a port of its own. */
export class Prometheus implements AsyncDisposable {
  readonly #url: URL;
  readonly #resources: AsyncDisposableStack;

  private constructor(url: URL, resources: AsyncDisposableStack) {
    this.#url = url;
    this.#resources = resources;
  }

  /** Starts it with the items of `scrape_configs`, as YAML. It scrapes every second. */
  static async start(
    scrapeConfigs: string,
    options: PrometheusOptions = {},
  ): Promise<Prometheus> {
    await using resources = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir();
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    await Deno.writeTextFile(
      `${folder}/prometheus.yml`,
      `global:\n  scrape_interval: 1s\nscrape_configs:\n${scrapeConfigs}`,
    );
    const url = new URL(`http://127.0.0.1:${freePort()}/`);
    const process = resources.use(
      new Program((options.release ?? RELEASES[0]!).prometheus, [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=${url.host}`,
        `--enable-feature=${(options.features ?? []).join()}`,
      ]),
    );
    await process.line(/Server is ready to receive web requests/);
    return new Prometheus(url, resources.move());
  }

  /** Queries the latest values, sorted by name unless the query sorts them. */
  async query(query: string): Promise<Series[]> {
    const { result } = await this.#get<{
      result: {
        metric: Record<string, string>;
        value?: [number, string];
        histogram?: [number, unknown];
      }[];
    }>("api/v1/query", { query });
    const series = result.map(({ metric, value, histogram }) => ({
      labels: metric,
      value: value?.[1] ?? JSON.stringify(histogram?.[1]),
    }));
    return query.startsWith("sort") ? series : series.sort(byName);
  }

  /** Waits until a query has an answer, and gives it. */
  until(query: string): Promise<Series[]> {
    return until(`an answer to ${query}`, async () => {
      const series = await this.query(query);
      return series.length > 0 && series;
    });
  }

  /**
   * The series of a job with their values, as texts that are the same in each format: bounds are numbers, and what tells of
   * the scrape itself is left out.
   */
  async exposed(job: string): Promise<string[]> {
    const varying = "up|scrape_.*|.*_collector_duration_seconds";
    const series = await this.query(`{job="${job}",__name__!~"${varying}"}`);
    return series.map(({ labels, value }) => {
      const { job: _, instance: __, le = "", quantile = "", ...others } = labels;
      const bounds = `le ${parseBound(le)}, quantile ${parseBound(quantile)}`;
      return JSON.stringify([...Object.entries(others).sort(), bounds, value]);
    }).sort();
  }

  /** Asks for the exemplars of the last minute. */
  async exemplars(query: string): Promise<StoredExemplar[]> {
    const now = Date.now() / 1000;
    const found = await this.#get<{
      seriesLabels: Record<string, string>;
      exemplars: Omit<StoredExemplar, "series">[];
    }[]>("api/v1/query_exemplars", { query, start: `${now - 60}`, end: `${now + 60}` });
    return found.flatMap(({ seriesLabels: series, exemplars }) =>
      exemplars.map(({ labels, value, timestamp }) => ({ series, labels, value, timestamp }))
    );
  }

  /** Asks what type and what help text a metric of a job has. */
  async metadata(metric: string, job: string): Promise<Metadata[]> {
    const found = await this.#get<Metadata[]>("api/v1/targets/metadata", {
      metric,
      match_target: `{job="${job}"}`,
    });
    return found.map(({ type, help }) => ({ type, help }));
  }

  /** Ends it and removes its folder. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }

  async #get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const url = new URL(path, this.#url);
    url.search = `${new URLSearchParams(parameters)}`;
    const { data, error } = await (await fetch(url)).json();
    if (error) throw new Error(`Cannot get ${url}: ${error}`);
    return data;
  }
}

function byName({ labels: a }: Series, { labels: b }: Series): number {
  return `${a["__name__"]}`.localeCompare(`${b["__name__"]}`);
}
