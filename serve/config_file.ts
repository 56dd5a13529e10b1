/**
 * The configuration file of a running exporter, which can be reloaded.
 *
 * @module
 */

import type { Collector } from "../collector.ts";
import { type Config, ConfigError, type ParseConfigOptions } from "../config.ts";
import { MetricFamily } from "../family.ts";
import { Labels } from "../labels.ts";
import { readConfig, rereadConfig } from "./read_config.ts";

const DEFAULT_PATH = "config.toml";
const EMPTY: Config = { source: "", labels: new Labels(), metrics: [], extra: {} };

/** A configuration file, with metrics about its last reload. */
export class ConfigFile implements Collector {
  readonly #path: string | URL | false;
  readonly #options: ParseConfigOptions;
  readonly #isOptional: boolean;
  #config = EMPTY;
  #isSuccessful: boolean | undefined;
  #lastSuccess = 0;

  /** Creates a configuration file. `false` means none, undefined means a `config.toml` that may be absent. */
  constructor(path: string | URL | false | undefined, options: ParseConfigOptions) {
    this.#path = path ?? DEFAULT_PATH;
    this.#isOptional = path === undefined;
    this.#options = options;
  }

  /** Whether there can be a file. */
  get isWanted(): boolean {
    return this.#path !== false;
  }

  /** The configuration of the last successful read, empty if there is no file. */
  get config(): Config {
    return this.#config;
  }

  /**
   * Reads the file for the first time. It can also be a pipe, as in `<(…)` of a shell.
   *
   * @throws {ConfigError} If it cannot be read or is invalid.
   */
  read(): void {
    if (this.#path === false) return;
    try {
      this.#accept(readConfig(this.#path, this.#options));
    } catch (error) {
      if (!this.#isAbsent(error)) throw error;
    }
  }

  /**
   * Reads the file again, unless there is none, see {@linkcode rereadConfig}.
   *
   * @param prepare Prepares what depends on the configuration, and returns a function that puts that into effect.
   * @throws {ConfigError} If it cannot be read or is invalid, or `prepare` fails. The last valid configuration stays in effect.
   */
  async reload(prepare: (config: Config) => Promise<() => void>): Promise<void> {
    try {
      const config = await this.#reread();
      const apply = await prepare(config);
      this.#accept(config);
      apply();
    } catch (error) {
      this.#isSuccessful = false;
      throw error;
    }
  }

  async #reread(): Promise<Config> {
    if (this.#path === false) return this.#config;
    try {
      return await rereadConfig(this.#path, this.#options);
    } catch (error) {
      if (this.#isAbsent(error)) return this.#config;
      throw error;
    }
  }

  #accept(config: Config): void {
    if (config === EMPTY) return;
    this.#config = config;
    this.#isSuccessful = true;
    this.#lastSuccess = Date.now() / 1000;
  }

  /** Collects `exporter_config_last_reload_…`, if there is a file. */
  collect = (): MetricFamily[] => {
    if (this.#isSuccessful === undefined) return [];
    return [
      new MetricFamily("exporter_config_last_reload_successful", {
        type: "gauge",
        help: "Whether the configuration file was read without an error the last time.",
      }).add(this.#isSuccessful ? 1 : 0),
      new MetricFamily("exporter_config_last_reload_success_timestamp_seconds", {
        type: "gauge",
        help: "When the configuration file was last read without an error.",
        unit: "seconds",
      }).add(this.#lastSuccess),
    ];
  };

  /** Returns whether an error means that the optional file does not exist. Once read, it must not disappear. */
  #isAbsent(error: unknown): boolean {
    if (!this.#isOptional || this.#config !== EMPTY) return false;
    if (!(error instanceof ConfigError)) return false;
    const { cause } = error;
    return cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotCapable;
  }
}
