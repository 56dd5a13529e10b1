/**
 * A web configuration together with the contents of the files that it names.
 *
 * @module
 */

import { ConfigError, type ConfigProblem } from "../config_error.ts";
import { Table } from "../model/config_table.ts";
import { decodeHash, hashTokens } from "./bearer_tokens.ts";
import { WORKER_URL } from "./password_checker.ts";
import { assertPermitted, type FileState, fileVersion, readTextFile } from "./read_file.ts";
import type { TlsServerOptions, TlsTexts } from "./tls.ts";
import type { Pem, TlsConfig } from "./tls_config.ts";
import { readWebConfig, type WebConfig } from "./web_config.ts";

/** What is needed to let clients in: a web configuration, and the contents of the files that it names. It does not change. */
export class Access {
  /** The configuration. */
  readonly config: WebConfig;
  /** The options of `node:https`; undefined without TLS. They contain the private key. */
  readonly tlsOptions: TlsServerOptions | undefined;
  /** The SHA-256 hashes of the bearer tokens. */
  readonly tokenHashes: readonly Uint8Array[];
  readonly #files: readonly FileState[];

  /** Creates an access. Use {@linkcode loadAccess}. */
  constructor(config: WebConfig, contents: Contents, files: readonly FileState[]) {
    this.config = config;
    this.tlsOptions = contents.tlsOptions;
    this.tokenHashes = contents.tokenHashes;
    this.#files = files;
  }

  /** The paths of the files that are needed, with the program that checks passwords. */
  get files(): readonly string[] {
    const program = this.config.users.size > 0 && WORKER_URL.protocol === "file:"
      ? [decodeURIComponent(WORKER_URL.pathname)]
      : [];
    return [...this.#files.map(({ path }) => path), ...program];
  }

  /** Returns whether a file that was read has been changed, replaced or removed since. Looks at its metadata only. */
  async haveFilesChanged(): Promise<boolean> {
    const versions = await Promise.all(this.#files.map(({ path }) => fileVersion(path)));
    return this.#files.some(({ version }, index) => version !== versions[index]);
  }
}

/** The contents of the files. */
interface Contents {
  readonly tlsOptions?: TlsServerOptions;
  readonly tokenHashes: readonly Uint8Array[];
}

/** Returns the access without a web configuration: no TLS, no authentication. */
export function openAccess(): Access {
  return new Access(readWebConfig(new Table({}, [], []), true), { tokenHashes: [] }, []);
}

/** Options of {@linkcode loadAccess}. */
export interface LoadAccessOptions {
  /**
   * The source of the configuration for error messages, such as a file name.
   *
   * @default {""}
   */
  source?: string;
}

/**
 * Reads the files that a web configuration names, and checks their contents.
 *
 * @throws {ConfigError} If a file cannot be read or has unusable content. The message has the keys, and no secret.
 */
export async function loadAccess(
  config: WebConfig,
  options: LoadAccessOptions = {},
): Promise<Access> {
  const problems: ConfigProblem[] = [];
  const files: FileState[] = [];

  async function read(key: string, path: string): Promise<string | undefined> {
    try {
      const { text, version } = await readTextFile(path);
      files.push({ path, version });
      return text;
    } catch (error) {
      problems.push({ path: key, message: `${JSON.stringify(path)}: ${(error as Error).message}` });
      return undefined;
    }
  }

  const readPem = (pem: Pem) => "file" in pem ? read(pem.key, pem.file) : pem.text.reveal();
  const tlsOptions = config.tls && await loadTls(config.tls, readPem, problems);
  const tokenHashes = config.bearerTokenHashes.map((hash) => decodeHash(hash.reveal()));
  if (config.bearerTokensFile !== undefined) {
    const { key, file } = config.bearerTokensFile;
    const text = await read(key, file);
    try {
      if (text !== undefined) tokenHashes.push(...await hashTokens(text));
    } catch (error) {
      problems.push({ path: key, message: (error as Error).message });
    }
  }
  if (config.users.size > 0 && WORKER_URL.protocol === "file:") {
    // A worker is a program of its own, which has to be readable like a data file.
    await assertPermitted(WORKER_URL).catch(({ message }: Error) => {
      problems.push({ path: "basic_auth_users", message });
    });
  }
  if (problems.length > 0) throw new ConfigError(options.source ?? "", problems);
  return new Access(config, { ...(tlsOptions && { tlsOptions }), tokenHashes }, files);
}

async function loadTls(
  config: TlsConfig,
  read: (pem: Pem) => string | undefined | Promise<string | undefined>,
  problems: ConfigProblem[],
): Promise<TlsServerOptions | undefined> {
  const { cert, key, clientCa } = config;
  const certText = await read(cert);
  const keyText = await read(key);
  const caText = clientCa && await read(clientCa);
  if (certText === undefined || keyText === undefined) return undefined;
  if (clientCa !== undefined && caText === undefined) return undefined;
  const texts: TlsTexts = {
    cert: certText,
    key: keyText,
    ...(caText !== undefined && { clientCa: caText }),
  };
  const { tlsProblems, tlsServerOptions } = await import("./tls.ts");
  const keys = { cert: cert.key, key: key.key, clientCa: clientCa?.key ?? "" };
  for (const { part, message } of tlsProblems(texts)) {
    problems.push({ path: keys[part], message });
  }
  return tlsServerOptions(config, texts);
}
