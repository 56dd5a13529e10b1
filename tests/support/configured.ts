/**
 * Collectors of a configuration file, run in tests.
 *
 * @module
 */

import { parseConfig } from "../../config.ts";
import { ConfigError, formatConfigProblem } from "../../config_error.ts";
import { DEFAULT_VARIANT } from "../../encode/format.ts";
import { deadlineIn } from "../../model/deadline.ts";
import { Registry } from "../../registry.ts";
import { ConfiguredCollectors } from "../../sources/configured_collectors.ts";

/** What a scrape of such collectors gave. */
export interface CollectedOnce {
  /** The lines of the exposition without those of the registry itself. */
  readonly lines: readonly string[];
  /** The samples among them. */
  readonly samples: readonly string[];
  /** The messages of the errors. */
  readonly errors: readonly string[];
}

/** A folder with files for tests. */
export class TempFolder implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync());

  /** Creates a folder with files. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  /** Writes a file, in a folder that is created if necessary. */
  write(name: string, content: string): void {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, content);
  }

  /** Returns the content of a file. */
  read(name: string): string {
    return Deno.readTextFileSync(`${this.path}/${name}`);
  }

  /** Removes the folder. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Runs the collectors of a configuration in a folder once. */
export async function collectOnce(
  toml: string,
  { folder = "/nonexistent", seconds = 10 }: { folder?: string; seconds?: number } = {},
): Promise<CollectedOnce> {
  const registry = new Registry();
  const collectors = new ConfiguredCollectors(registry);
  (await collectors.prepare(parseConfig(toml, { source: `${folder}/config.toml` })))();
  const gathering = await registry.gather({ deadline: deadlineIn(seconds) });
  using exposition = await registry.write(gathering, {
    variant: DEFAULT_VARIANT,
    encoding: "identity",
  });
  await collectors.close();
  const lines = exposition.text().split("\n").filter((line) =>
    line !== "" && !/^(?:# \w+ )?exporter_/.test(line)
  );
  return {
    lines,
    samples: lines.filter((line) => !line.startsWith("#")),
    errors: gathering.outcomes.flatMap(({ failure }) =>
      failure === undefined ? [] : [(failure.error as Error).message]
    ),
  };
}

/** Returns the problems of the collectors of a configuration. */
export async function problemsOf(toml: string): Promise<string[]> {
  const collectors = new ConfiguredCollectors(new Registry());
  try {
    await collectors.prepare(parseConfig(toml, { source: "config.toml" }));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(formatConfigProblem);
  }
}
