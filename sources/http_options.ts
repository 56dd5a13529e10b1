/**
 * How a source is requested over HTTP: credentials, headers, TLS.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import { readTextFile } from "../access/read_file.ts";
import { Secret } from "../access/secret.ts";
import type { PermissionSet } from "../collector.ts";
import type { Table } from "../model/config_table.ts";
import { toFilledString, toFlag, toText } from "../model/config_values.ts";

/** The keys of a collector that {@linkcode readHttpOptions} reads. */
export const HTTP_KEYS = [
  "basic_auth",
  "bearer_token",
  "bearer_token_file",
  "headers",
  "tls_config",
  "follow_redirects",
];

const BASIC_AUTH_KEYS = ["username", "password", "password_file"];
const TLS_KEYS = ["ca_file", "cert_file", "key_file", "server_name", "insecure_skip_verify"];

/** A secret itself, or the path of a file with it. */
type SecretPlace = Secret | { readonly file: string };

/** How to request a source. */
export interface HttpOptions {
  /** The headers besides those of credentials. Their values may be secrets. */
  readonly headers: ReadonlyMap<string, Secret>;
  readonly basicAuth: { readonly username: string; readonly password: SecretPlace } | undefined;
  readonly bearerToken: SecretPlace | undefined;
  readonly tls: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly serverName?: string;
    readonly isInsecure: boolean;
  };
  /** Whether redirects within the same origin are followed. */
  readonly followRedirects: boolean;
}

/** The settings of `node:tls`. */
export interface TlsClientSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/** Reads and checks the keys in the table of a collector. Relative paths start from a folder. */
export function readHttpOptions(table: Table, folder: string): HttpOptions {
  const resolve = (path: string) => isAbsolute(path) ? path : join(folder, path);
  const takeFile = (owner: Table, key: string) => {
    const path = owner.take(key, "the path of a file", toFilledString);
    return path === undefined ? undefined : resolve(path);
  };
  const tls = table.table("tls_config");
  tls.checkKeys(TLS_KEYS);
  const [caFile, certFile, keyFile] = ["ca_file", "cert_file", "key_file"].map((key) =>
    takeFile(tls, key)
  );
  if (tls.has("cert_file") !== tls.has("key_file")) {
    tls.report('expected both "cert_file" and "key_file"');
  }
  const serverName = tls.take("server_name", "a host name", toFilledString);
  const isInsecure = tls.take("insecure_skip_verify", "true or false", toFlag) ?? false;
  const basicAuth = readBasicAuth(table, takeFile);
  const bearerToken = takeSecretPlace(table, "bearer_token", takeFile);
  if (basicAuth !== undefined && bearerToken !== undefined) {
    table.report('"basic_auth" and bearer tokens exclude each other');
  }
  return {
    headers: readHeaders(table.secretTable("headers")),
    basicAuth,
    bearerToken,
    tls: {
      ...(caFile !== undefined && { caFile }),
      ...(certFile !== undefined && { certFile }),
      ...(keyFile !== undefined && { keyFile }),
      ...(serverName !== undefined && { serverName }),
      isInsecure,
    },
    followRedirects: table.take("follow_redirects", "true or false", toFlag) ?? true,
  };
}

type TakeFile = (owner: Table, key: string) => string | undefined;

function readBasicAuth(table: Table, takeFile: TakeFile): HttpOptions["basicAuth"] {
  if (!table.has("basic_auth")) return undefined;
  const auth = table.secretTable("basic_auth");
  auth.checkKeys(BASIC_AUTH_KEYS);
  const username = auth.take("username", "a string without a colon", toUsername);
  if (!auth.has("username")) auth.report('missing key "username"');
  const password = takeSecretPlace(auth, "password", takeFile) ?? new Secret("");
  return username === undefined ? undefined : { username, password };
}

function takeSecretPlace(table: Table, key: string, takeFile: TakeFile): SecretPlace | undefined {
  const fileKey = `${key}_file`;
  if (table.has(key) && table.has(fileKey)) {
    table.report(`"${key}" and "${fileKey}" exclude each other`, fileKey);
  }
  const text = table.takeSecret(key, "a string that is not empty", toHeaderValue);
  const file = takeFile(table, fileKey);
  return text !== undefined ? new Secret(text) : file === undefined ? undefined : { file };
}

function readHeaders(table: Table): Map<string, Secret> {
  const headers = new Map<string, Secret>();
  for (const name of table.keys()) {
    const value = table.takeSecret(name, "a string that a header can have", toHeaderValue);
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) table.report("expected the name of a header", name);
    if (value !== undefined) headers.set(name, new Secret(value));
  }
  return headers;
}

function toUsername(value: unknown): string | undefined {
  const text = toText(value);
  return text === undefined || text.includes(":") ? undefined : text;
}

/** Accepts a text without control characters. */
function toHeaderValue(value: unknown): string | undefined {
  return typeof value === "string" && /^[^\p{Cc}]+$/u.test(value) ? value : undefined;
}

/** Returns the permissions that the files of the options need. */
export function filePermissions({ basicAuth, bearerToken, tls }: HttpOptions): PermissionSet {
  const files = [basicAuth?.password, bearerToken].flatMap((place) =>
    place !== undefined && "file" in place ? [place.file] : []
  );
  const pems = [tls.caFile, tls.certFile, tls.keyFile].filter((file) => file !== undefined);
  const read = [...files, ...pems];
  return read.length > 0 ? { read } : {};
}

/**
 * Returns the headers of a request. Files of secrets are read each time, so that they can be replaced.
 *
 * @throws {Error} If a file cannot be read.
 */
export async function requestHeaders(options: HttpOptions): Promise<Record<string, string>> {
  const { headers, basicAuth, bearerToken } = options;
  const own = Array.from(headers, ([name, value]) => [name.toLowerCase(), value.reveal()]);
  const authorization = basicAuth !== undefined
    ? `Basic ${encodeBasic(basicAuth.username, await reveal(basicAuth.password))}`
    : bearerToken && `Bearer ${await reveal(bearerToken)}`;
  return { ...Object.fromEntries(own), ...(authorization !== undefined && { authorization }) };
}

function encodeBasic(username: string, password: string): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return btoa(String.fromCharCode(...bytes));
}

/**
 * Returns the settings for TLS, with the contents of the files.
 *
 * @throws {Error} If a file cannot be read.
 */
export async function tlsSettings({ tls }: HttpOptions): Promise<TlsClientSettings> {
  const { caFile, certFile, keyFile, serverName, isInsecure } = tls;
  return {
    ...(caFile !== undefined && { ca: await readFile(caFile) }),
    ...(certFile !== undefined && { cert: await readFile(certFile) }),
    ...(keyFile !== undefined && { key: await readFile(keyFile) }),
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: !isInsecure,
  };
}

async function reveal(place: SecretPlace): Promise<string> {
  return place instanceof Secret ? place.reveal() : (await readFile(place.file)).trim();
}

async function readFile(path: string): Promise<string> {
  try {
    return (await readTextFile(path)).text;
  } catch (cause) {
    throw new Error(`Cannot read "${path}": ${(cause as Error).message}`, { cause });
  }
}
