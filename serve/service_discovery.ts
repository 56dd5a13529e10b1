/**
 * Service discovery: the targets of probes for `http_sd_configs` of Prometheus.
 *
 * @see {@link https://prometheus.io/docs/prometheus/latest/http_sd/}
 *
 * @module
 */

import { Labels } from "../labels.ts";
import { describe } from "../model/describe.ts";
import type { ProbeDefinition } from "./probe_handler.ts";
import type { HttpRequest } from "./request.ts";
import { jsonReply, type Reply } from "./response.ts";

/** Targets with the labels that Prometheus gives them. */
export interface TargetGroup {
  /** The addresses to scrape. */
  readonly targets: readonly string[];
  /** The labels. Those that begin with `__` tell how to scrape. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the exporter can be reached. */
export interface DiscoveryOptions {
  /** The prefix of all paths, without a slash at the end. */
  readonly prefix: string;
  /** The URL as seen from outside. */
  readonly externalUrl: URL | undefined;
}

/**
 * Answers with the targets of probes, so complete that Prometheus needs no relabeling: the address is that of the exporter, the
 * target is a parameter, and the label `instance` is the target. The parameters `module` and `path` restrict them.
 */
export async function discoveryReply(
  definitions: readonly ProbeDefinition[],
  request: HttpRequest,
  options: DiscoveryOptions,
): Promise<Reply> {
  const params = new URLSearchParams(request.search);
  const path = params.get("path");
  const wanted = definitions.filter((definition) => !path || definition.path === path);
  const groups = await Promise.all(
    wanted.map((definition) => groupsOf(definition, request, options)),
  );
  const module = params.get("module");
  return jsonReply(
    groups.flat().filter(({ labels }) => !module || labels["__param_module"] === module),
  );
}

async function groupsOf(
  { path, discover }: ProbeDefinition,
  request: HttpRequest,
  { prefix, externalUrl }: DiscoveryOptions,
): Promise<TargetGroup[]> {
  const { host, protocol } = externalUrl ?? new URL(request.url);
  const groups: TargetGroup[] = [];
  for (const { targets, module, labels = {} } of await discover?.() ?? []) {
    const own = Object.fromEntries(new Labels(labels));
    for (const target of targets) {
      if (typeof target !== "string" || target === "") {
        throw new TypeError(
          `Cannot discover targets: expected texts that are not empty, got ${describe(target)}`,
        );
      }
      groups.push({
        targets: [withPort(host, protocol)],
        labels: {
          __scheme__: protocol.slice(0, -1),
          __metrics_path__: prefix + path,
          __param_target: target,
          ...(module !== undefined && { __param_module: module }),
          instance: target,
          ...own,
        },
      });
    }
  }
  return groups;
}

/** Older releases of Prometheus add the port of `http:` themselves, others add none. */
function withPort(host: string, protocol: string): string {
  if (/:\d+$/.test(host)) return host;
  return `${host}:${protocol === "https:" ? 443 : 80}`;
}
