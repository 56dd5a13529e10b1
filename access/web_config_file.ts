/**
 * Web configuration files of exporter-toolkit, in YAML.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import { ConfigError } from "../config_error.ts";
import { readTextFile } from "./read_file.ts";
import type { Pem } from "./tls_config.ts";
import { parseWebConfig, type WebConfig } from "./web_config.ts";

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
