/**
 * Web configuration files of exporter-toolkit, in YAML.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import { ConfigError } from "../config_error.ts";
import { readTextFile } from "./read_file.ts";
import type { Pem } from "./tls_config.ts";
import { combineWebConfigs, parseWebConfig, type WebConfig } from "./web_config.ts";

/**
 * Reads a web configuration file. Relative paths in it are resolved against its folder. The files that it names are not read.
 *
 * @throws {ConfigError} If the file cannot be read or is invalid. No secret appears in the message.
 */
export async function loadWebConfigFile(path: string): Promise<WebConfig> {
  let tree: Record<string, unknown>;
  try {
    const { text } = await readTextFile(path);
    tree = await parse(text);
  } catch (error) {
    const { message, cause } = error as Error;
    throw new ConfigError(path, [{ path: "", message }], { cause });
  }
  return resolvePaths(parseWebConfig(tree, { source: path }), join(path, ".."));
}

/** Where a web configuration is. At least one place is given. */
export interface WebConfigPlaces {
  /** The path of a web configuration file. */
  readonly file: string | undefined;
  /** The tables `[web]` of a TOML file. */
  readonly tables: WebConfig | undefined;
  /** The path of the TOML file. Relative paths in its tables are resolved against its folder. */
  readonly source: string;
}

/**
 * Reads the web configuration of all places.
 *
 * @throws {ConfigError} If the file cannot be read or is invalid, or the tables have keys that belong into the file.
 */
export async function loadWebConfig(
  { file, tables, source }: WebConfigPlaces,
): Promise<WebConfig> {
  const additions = tables && resolvePaths(tables, join(source, ".."));
  if (file === undefined) return additions!;
  const config = await loadWebConfigFile(file);
  return additions === undefined ? config : combineWebConfigs(config, additions, source);
}

async function parse(text: string): Promise<Record<string, unknown>> {
  const { parseYaml } = await import("./yaml.ts");
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`not valid YAML: ${error.message}`);
  }
}

/** Returns a web configuration whose relative paths are resolved against a folder. */
export function resolvePaths(config: WebConfig, folder: string): WebConfig {
  const { tls, bearerTokensFile } = config;
  const resolve = <T extends { readonly file: string }>(item: T): T => ({
    ...item,
    file: isAbsolute(item.file) ? item.file : join(folder, item.file),
  });
  const resolvePem = (pem: Pem): Pem => "file" in pem ? resolve(pem) : pem;
  return {
    ...config,
    ...(tls !== undefined && {
      tls: {
        ...tls,
        cert: resolvePem(tls.cert),
        key: resolvePem(tls.key),
        ...(tls.clientCa !== undefined && { clientCa: resolvePem(tls.clientCa) }),
      },
    }),
    ...(bearerTokensFile !== undefined && { bearerTokensFile: resolve(bearerTokensFile) }),
  };
}
