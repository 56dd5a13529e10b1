/**
 * The settings in effect, as the status page shows them.
 *
 * @module
 */

import type { Access } from "../access/access.ts";
import { collectorTablesOf } from "../config.ts";
import { DEFAULT_LIMITS, LIMIT_NAMES } from "../model/limits.ts";
import type { Setting } from "../status/document.ts";
import type { SettingName, Settings } from "./settings.ts";

/** The defaults of settings that have one. */
const DEFAULTS: Readonly<Partial<Record<SettingName, unknown>>> = {
  reloadEndpoint: false,
  statusPage: "auto",
  cacheLife: 0,
  logLevel: "info",
  logFormat: "text",
  ...DEFAULT_LIMITS,
};

/** Limits come last: there are many, and few are ever changed. */
const LIMITS: ReadonlySet<string> = new Set(LIMIT_NAMES);

/**
 * Returns the settings in effect. Of collectors and of the keys of the program itself, only the names are there, and of the access control only what it
 * consists of, since their values may be secret.
 *
 * @param access The access control in effect.
 * @param urls The URLs that the exporter listens on; empty in a server of the program's own.
 */
export function effectiveSettings(
  settings: Settings,
  access: Access | undefined,
  urls: readonly URL[],
): Setting[] {
  const { file, webConfigFile } = settings;
  const keys = [...settings.keys].sort(([a], [b]) => Number(LIMITS.has(a)) - Number(LIMITS.has(b)));
  const own = Object.keys(file.config.extra);
  const collectors = Object.keys(collectorTablesOf(file.config) ?? {});
  return [
    fileSetting("configuration file", file.config.source),
    { key: "listening on", value: urls.join(", ") || "none", from: originOfAddress(settings) },
    ...keys.flatMap(([name, key]): Setting[] => {
      const from = settings.originOf(name);
      const value = from === "default" ? DEFAULTS[name] : settings.get(name);
      return value === undefined ? [] : [{ key, value: textOf(value), from }];
    }),
    ...Array.from(settings.labels(true), ([name, value]): Setting => {
      return { key: `labels.${name}`, value, from: settings.originOfLabel(name) };
    }),
    ...(file.config.metrics.length === 0 ? [] : [
      { key: "metrics", value: `${file.config.metrics.length} in the file`, from: "file" as const },
    ]),
    ...(collectors.length === 0
      ? []
      : [{ key: "collectors", value: collectors.join(", "), from: "file" as const }]),
    ...own.map((key): Setting => ({ key, value: "(read by the program)", from: "file" })),
    fileSetting("web configuration file", webConfigFile ?? ""),
    ...accessSettings(access),
  ];
}

function originOfAddress(settings: Settings): Setting["from"] {
  const origins = (["listen", "listenIp", "listenPort"] as const)
    .map((name) => settings.originOf(name));
  return origins.find((origin) => origin !== "default") ?? "default";
}

function accessSettings(access: Access | undefined): Setting[] {
  if (access === undefined) return [];
  const { users, tls, allowedHosts, rateLimit } = access.config;
  const credentials = [
    users.size > 0 ? count(users.size, "password") : "",
    access.tokenHashes.length > 0 ? count(access.tokenHashes.length, "bearer token") : "",
    tls?.clientAuthType.startsWith("Require") ? "client certificates" : "",
  ].filter((part) => part !== "");
  const isDefault = access.config.keys.length === 0;
  const from = isDefault ? "default" : "file";
  return [
    { key: "authentication", value: credentials.join(", ") || "none", from },
    { key: "TLS", value: tls === undefined ? "off" : "on", from },
    ...(allowedHosts === undefined
      ? []
      : [{ key: "allowed_hosts", value: allowedHosts.join(", "), from: "file" as const }]),
    ...(rateLimit === undefined ? [] : [{
      key: "rate_limit",
      value: `one request in ${rateLimit.interval} s, bursts of ${rateLimit.burst}`,
      from: "file" as const,
    }]),
  ];
}

function fileSetting(key: string, path: string): Setting {
  return { key, value: path || "none", from: path === "" ? "default" : "code" };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}
