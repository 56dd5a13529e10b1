/**
 * A real Prometheus that scrapes what a test serves.
 *
 * @module
 */

import { freePort } from "./network.ts";
import { Process } from "./process.ts";
import { until } from "./until.ts";

/** One series of the answer to a query. */
export interface Series {
  readonly labels: Record<string, string>;
  readonly value: string;
}

/** What Prometheus knows of a metric besides its series. */
export interface Metadata {
  readonly type: string;
  readonly help: string;
}

/** A Prometheus with a folder and a port of its own. */
export class Prometheus implements AsyncDisposable {
  readonly #folder: string;
  readonly #process: Process;
  readonly #url: URL;

  private constructor(folder: string, process: Process, url: URL) {
    this.#folder = folder;
    this.#process = process;
    this.#url = url;
  }

  /** Starts it with the items of `scrape_configs`, as YAML. It scrapes every second. */
  static async start(scrapeConfigs: string): Promise<Prometheus> {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(
      `${folder}/prometheus.yml`,
      `global:\n  scrape_interval: 1s\nscrape_configs:\n${scrapeConfigs}`,
    );
    const url = new URL(`http://127.0.0.1:${freePort()}/`);
    const process = new Process("prometheus", [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${url.host}`,
    ]);
    const prometheus = new Prometheus(folder, process, url);
    try {
      await process.line(/Server is ready to receive web requests/);
    } catch (error) {
      await prometheus[Symbol.asyncDispose]();
      throw error;
    }
    return prometheus;
  }

  /** Queries the latest values, sorted by name unless the query sorts them. */
  async query(query: string): Promise<Series[]> {
    const { result } = await this.#get<{
      result: { metric: Record<string, string>; value: [number, string] }[];
    }>("api/v1/query", { query });
    const series = result.map(({ metric, value: [, value] }) => ({ labels: metric, value }));
    return query.startsWith("sort") ? series : series.sort(byName);
  }

  /** Waits until a query has an answer, and gives it. */
  until(query: string): Promise<Series[]> {
    return until(`an answer to ${query}`, async () => {
      const series = await this.query(query);
      return series.length > 0 && series;
    });
  }

  /** Asks what type and what help text a metric of a job has. */
  async metadata(metric: string, job: string): Promise<Metadata[]> {
    const found = await this.#get<Metadata[]>("api/v1/targets/metadata", {
      metric,
      match_target: `{job="${job}"}`,
    });
    return found.map(({ type, help }) => ({ type, help }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
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
