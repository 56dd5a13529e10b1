/**
 * A configuration file that changes, and is reloaded, all the time.
 *
 * @module
 */

/** Every so many reloads, the configuration is invalid. */
const INVALID_EVERY = 7;

/** Changes the configuration of an exporter. */
export class Reloads {
  readonly #path: string;
  readonly #url: URL;
  readonly #signal: () => void;
  #count = 0;

  /**
   * Creates the configuration file.
   *
   * @param signal Sends SIGHUP.
   */
  constructor(path: string, url: URL, signal: () => void) {
    this.#path = path;
    this.#url = new URL("/-/reload", url);
    this.#signal = signal;
  }

  /** How many reloads there were. */
  get count(): number {
    return this.#count;
  }

  /**
   * Writes another configuration, and has it reloaded: by turns by a signal and by a request.
   *
   * @throws {Error} If the answer is not as it should be.
   */
  async reload(): Promise<void> {
    const turn = ++this.#count;
    const isInvalid = turn % INVALID_EVERY === 0;
    await replace(this.#path, (isInvalid ? "listen_prot = 1\n" : "") + configuration(turn));
    if (turn % 2 === 0) return this.#signal();
    const response = await fetch(this.#url, { method: "POST" });
    await response.body?.cancel();
    const expected = isInvalid ? 500 : 200;
    if (response.status !== expected) {
      throw new Error(`Reload answered with status ${response.status} instead of ${expected}`);
    }
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
  const sites = ["north", "east", "south", "west"];
  return [
    `cache_life = ${turn % 3}`,
    `max_samples = ${500_000 + turn}`,
    "[labels]",
    `site = "${sites[turn % sites.length]}"`,
    ...metrics,
  ].join("\n");
}
