/**
 * The web configuration: who may connect and how, in the format of
 * {@link https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md | exporter-toolkit}, with additions.
 *
 * @module
 */

import { ConfigError, firstProblems } from "../config_error.ts";
import { type ConfigProblem, Table } from "../model/config_table.ts";
import { parseGoDuration } from "./go_duration.ts";
import { parseHostPattern } from "./hosts.ts";
import { checkHeader } from "./headers.ts";
import { hashCost, MAX_COST, SLOW_COST } from "./bcrypt_hash.ts";
import { Secret } from "./secret.ts";
import { readTlsConfig, type TlsConfig } from "./tls_config.ts";
import { toFlag, toText } from "../model/config_values.ts";

/** Limits how often requests are answered, by a token bucket. */
export interface RateLimit {
  /** Seconds in which one request becomes possible. */
  readonly interval: number;
  /** The number of requests that can come at once. */
  readonly burst: number;
}

/** A web configuration, checked. It does not change. Printing it reveals no secret. */
export interface WebConfig {
  /** How connections are encrypted; undefined if they are not. */
  readonly tls?: TlsConfig;
  /** Whether HTTP/2 may be used over TLS. */
  readonly http2: boolean;
  /** Headers for every response, by name. An empty value removes a header that is sent by default. */
  readonly headers: ReadonlyMap<string, string>;
  /** The bcrypt hashes of passwords for basic authentication, by user name. */
  readonly users: ReadonlyMap<string, Secret>;
  /** The limit for all requests together. */
  readonly rateLimit?: RateLimit;
  /** A file with one bearer token per line. */
  readonly bearerTokensFile?: { readonly key: string; readonly file: string };
  /** The SHA-256 hashes of bearer tokens, in lower-case hexadecimal. */
  readonly bearerTokenHashes: readonly Secret[];
  /** The hosts that requests may name. */
  readonly allowedHosts?: readonly string[];
  /** What is accepted although a part of it has no effect. */
  readonly warnings: readonly ConfigProblem[];
  /** The tables and other keys at the top that were given. */
  readonly keys: readonly string[];
}

/** Options of {@linkcode parseWebConfig}. */
export interface ParseWebConfigOptions {
  /**
   * The source for error messages, such as a file name.
   *
   * @default {""}
   */
  source?: string;
  /**
   * Whether to accept the keys that exporter-toolkit does not have.
   *
   * @default {false}
   */
  extended?: boolean;
}

/** The keys that exporter-toolkit has, too. */
const SHARED_KEYS = ["tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"];
const EXTRA_KEYS = ["bearer_tokens_file", "bearer_token_hashes", "allowed_hosts"];

/**
 * Checks a web configuration that was parsed from YAML.
 *
 * @throws {ConfigError} If it has unknown keys, or invalid or missing values. No secret appears in the message.
 */
export function parseWebConfig(
  tree: Readonly<Record<string, unknown>>,
  options: ParseWebConfigOptions = {},
): WebConfig {
  const { source = "", extended = false } = options;
  const problems: ConfigProblem[] = [];
  const config = readWebConfig(new Table(tree, [], problems), extended);
  if (problems.length > 0) throw new ConfigError(source, firstProblems(problems));
  return config;
}

/**
 * Reads a web configuration from a table. Problems are reported to the table.
 *
 * @param extended Whether to accept the keys that exporter-toolkit does not have.
 */
export function readWebConfig(table: Table, extended: boolean): WebConfig {
  const warnings: ConfigProblem[] = [];
  table.checkKeys(extended ? [...SHARED_KEYS, ...EXTRA_KEYS] : SHARED_KEYS);
  const http = table.table("http_server_config");
  http.checkKeys(["http2", "headers"]);
  const http2 = http.take("http2", "true or false", toFlag) ?? true;
  const headers = readHeaders(http);
  const tls = readTlsConfig(table.secretTable("tls_server_config"), http2, warnings);
  const users = readUsers(table, warnings);
  const rateLimit = readRateLimit(table.table("rate_limit"), warnings);
  const extra = extended ? readExtra(table) : { bearerTokenHashes: [] };
  return {
    ...(tls !== undefined && { tls }),
    http2,
    headers,
    users,
    ...(rateLimit !== undefined && { rateLimit }),
    ...extra,
    warnings,
    keys: [...table.keys()],
  };
}

/**
 * Adds the keys that only TOML has to a web configuration file.
 *
 * @param file The configuration of the file.
 * @param additions The tables `[web]`.
 * @param source The source of the additions for error messages.
 * @throws {ConfigError} If the additions have keys that belong into the file.
 */
export function combineWebConfigs(
  file: WebConfig,
  additions: WebConfig,
  source: string,
): WebConfig {
  const problems = additions.keys.filter((key) => SHARED_KEYS.includes(key)).map((key) => ({
    path: `web.${key}`,
    message: "cannot be combined with a web configuration file",
  }));
  if (problems.length > 0) throw new ConfigError(source, problems);
  const { bearerTokensFile, bearerTokenHashes, allowedHosts, warnings, keys } = additions;
  return {
    ...file,
    ...(bearerTokensFile !== undefined && { bearerTokensFile }),
    bearerTokenHashes,
    ...(allowedHosts !== undefined && { allowedHosts }),
    warnings: [...file.warnings, ...warnings],
    keys: [...file.keys, ...keys],
  };
}

function readHeaders(http: Table): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const table = http.table("headers");
  for (const name of table.keys()) {
    const value = table.take(name, "a string", toText);
    if (value === undefined) continue;
    const problem = checkHeader(name, value);
    if (problem === undefined) headers.set(name, value);
    else table.report(problem, name);
  }
  return headers;
}

function readUsers(owner: Table, warnings: ConfigProblem[]): ReadonlyMap<string, Secret> {
  const users = new Map<string, Secret>();
  const table = owner.secretTable("basic_auth_users");
  const expected = `a bcrypt hash with a cost from 4 to ${MAX_COST}`;
  for (const name of table.keys()) {
    if (hashCost(name) !== undefined) {
      table.report("has a hash in place of a user name");
      continue;
    }
    const hash = table.takeSecret(
      name,
      expected,
      (value) => typeof value === "string" && hashCost(value) !== undefined ? value : undefined,
    );
    if (hash === undefined) continue;
    if (/[:\p{Cc}]/u.test(name)) {
      table.report("user names contain neither colons nor control characters", name);
    } else {
      users.set(name, new Secret(hash));
    }
    const cost = hashCost(hash)!;
    if (cost >= SLOW_COST) {
      const message = `a hash of cost ${cost} takes seconds to check, 10 is usual`;
      warnings.push({ path: table.pathOf(name), message });
    }
  }
  return users;
}

function readRateLimit(table: Table, warnings: ConfigProblem[]): RateLimit | undefined {
  table.checkKeys(["interval", "burst"]);
  const interval = table.take("interval", 'a duration such as "1s", or 0', toInterval) ?? 0;
  const burst = table.take("burst", "an integer, 0 or more", toCount) ?? 0;
  if (interval === 0) return undefined;
  if (burst === 0) {
    warnings.push({ path: table.pathOf("burst"), message: "0 refuses every request" });
  }
  return { interval, burst };
}

function readExtra(
  table: Table,
): Pick<WebConfig, "bearerTokensFile" | "bearerTokenHashes" | "allowedHosts"> {
  const file = table.take(
    "bearer_tokens_file",
    "a file name",
    (value) => typeof value === "string" && value !== "" ? value : undefined,
  );
  const hashes = table.takeSecret(
    "bearer_token_hashes",
    "a list of SHA-256 hashes of 64 hexadecimal digits",
    (value) => toList(value, toHash),
  );
  const allowedHosts = table.take(
    "allowed_hosts",
    'a list of host names and IP addresses without ports, or "*"',
    (value) => toList(value, (item) => typeof item === "string" ? parseHostPattern(item) : item),
  );
  return {
    ...(file !== undefined && {
      bearerTokensFile: { key: table.pathOf("bearer_tokens_file"), file },
    }),
    bearerTokenHashes: (hashes ?? []).map((hash) => new Secret(hash)),
    ...(allowedHosts !== undefined && { allowedHosts }),
  };
}

function toInterval(value: unknown): number | undefined {
  if (value === 0) return 0;
  return typeof value === "string" ? parseGoDuration(value) : undefined;
}

function toCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}

function toHash(value: unknown): string | undefined {
  return typeof value === "string" && /^[0-9a-f]{64}$/i.test(value)
    ? value.toLowerCase()
    : undefined;
}

/** Converts every item of a list; undefined if one of them is not a string after that, or there is none. */
function toList(value: unknown, convert: (item: unknown) => unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value.map(convert).filter((item) => typeof item === "string");
  return items.length === value.length ? items : undefined;
}
