/**
 * A configuration file that changes, and is reloaded, all the time.
 *
 * @module
 */

import { parseExposition } from "../../parse.ts";
import { until } from "../support/until.ts";

/** Every so many reloads, the configuration is invalid. */
const INVALID_EVERY = 7;

const SITES = ["north", "east", "south", "west"];

const STATUS = [
  "exporter_config_last_reload_successful",
  "exporter_config_last_reload_success_timestamp_seconds",
];

/** What {@linkcode Reloads} changes, and how. */
export interface ReloadsOptions {
  /** The path of the configuration file. */
  readonly path: string;
  /** Where the exporter listens. */
  readonly url: URL;
  /** Sends SIGHUP to it. */
  readonly signal: () => void;
}

/** Changes the configuration of an exporter. */
export class Reloads {
  readonly #options: ReloadsOptions;
  readonly #status: URL;
  #count = 0;

  /** Changes nothing yet. */
  constructor(options: ReloadsOptions) {
    this.#options = options;
    this.#status = new URL("metrics", options.url);
    for (const name of STATUS) this.#status.searchParams.append("name[]", name);
  }

  /** How many reloads there were. */
  get count(): number {
    return this.#count;
  }

  /**
   * Writes another configuration, and has it reloaded: by turns by a request and by a signal.
   *
   * @throws {Error} If the outcome is not as it should be.
   */
  async reload(): Promise<void> {
    const turn = ++this.#count;
    const isValid = turn % INVALID_EVERY !== 0;
    const { path, url, signal } = this.#options;
    await replace(path, (isValid ? "" : "listen_prot = 1\n") + configuration(turn));
    if (turn % 2 === 0) {
      const since = Math.floor(Date.now() / 1000);
      signal();
      await until(`reload ${turn} by a signal`, () => this.#shows(isValid, since));
    } else {
      const response = await fetch(new URL("/-/reload", url), { method: "POST" });
      await response.body?.cancel();
      if (response.ok !== isValid) {
        throw new Error(`Reload ${turn} was answered with status ${response.status}`);
      }
    }
  }

  /** Returns whether the exporter exposes a reload with this outcome. */
  async #shows(isValid: boolean, since: number): Promise<boolean> {
    const response = await fetch(this.#status);
    const families = parseExposition(await response.text());
    const [isSuccessful, time] = STATUS.map((name) =>
      families.find((family) => family.name === name)!.samples[0]!.value
    );
    return isValid ? isSuccessful === 1 && time! >= since : isSuccessful === 0;
  }
}

/** Writes a file so that at no time there is half of one. */
export async function replace(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

/** Returns the configuration for a turn. */
export function configuration(turn: number): string {
  const metrics = Array.from(
    { length: 20 + turn % 20 },
    (_, i) =>
      `[metrics.soak_configured_${i}]\nvalue = ${turn}\nlabels = { turn = "${turn % 5}" }\n`,
  );
  return [
    `cache_life = ${turn % 3}`,
    `max_samples = ${500_000 + turn}`,
    "[labels]",
    `site = "${SITES[turn % SITES.length]}"`,
    ...metrics,
  ].join("\n");
}
