/**
 * All probes of an exporter, those of the program and those of the configuration file.
 *
 * @module
 */

import { type Config, probeTablesOf } from "../config.ts";
import { MetricFamily } from "../family.ts";
import type { Probe, ProbeOptions, ProbeTargets } from "../probe.ts";
import { type ConfiguredTargets, readProbeConfig } from "../probes/config.ts";
import type { ProbeModule } from "../probes/module.ts";
import { TargetPolicy } from "../probes/target_policy.ts";
import { textMatcher } from "../probes/text_patterns.ts";
import { type ProbeDefinition, type ProbeEnvironment, ProbeHandler } from "./probe_handler.ts";
import type { Route } from "./router.ts";
import { discoveryReply } from "./service_discovery.ts";

/** The path at which Prometheus discovers targets. */
export const DISCOVERY_PATH = "/sd";

/** A probe as a program declares it. */
export interface DeclaredProbe {
  /** The path. */
  readonly path: string;
  /** The function, or the functions by the names of their modules. */
  readonly probe: Probe | Readonly<Record<string, Probe>>;
  /** The options. */
  readonly options: ProbeOptions;
}

/** Options of {@linkcode Probes}. */
export interface ProbesOptions extends ProbeEnvironment {
  /** The prefix of all paths, without a slash at the end. */
  readonly prefix: string;
  /** The URL under which the exporter can be reached from outside. */
  readonly externalUrl: URL | undefined;
  /** Returns whether a path belongs to something else than probes of the configuration. */
  readonly isInUse: (path: string) => boolean;
}

/** The defaults of options. */
const DEFAULT_TIMEOUT = 120;
const DEFAULT_MAX_CONCURRENT = 100;

/** Answers probes and service discovery. */
export class Probes {
  readonly #options: ProbesOptions;
  #handlers: ReadonlyMap<string, ProbeHandler> = new Map();
  #files: readonly string[] = [];

  /** Creates an empty set of probes. */
  constructor(options: ProbesOptions) {
    this.#options = options;
  }

  /** The paths of the files that the configuration of probes names. */
  get files(): readonly string[] {
    return this.#files;
  }

  /**
   * Checks the probes of the program and those of a configuration.
   *
   * @returns A function that puts them into effect.
   * @throws {RangeError} If an option of the program is invalid.
   * @throws {ConfigError} If a key of the configuration is invalid, or a file cannot be read.
   */
  async prepare(declared: readonly DeclaredProbe[], config: Config): Promise<() => void> {
    const { isInUse } = this.#options;
    const { probe, targets, files } = await readProbeConfig(probeTablesOf(config) ?? {}, {
      source: config.source,
      isInUse,
      paths: declared.map(({ path }) => path),
    });
    const definitions = [
      ...declared.map((probe) => toDefinition({ ...probe, modules: modulesOf(probe) }, targets)),
      ...(probe === undefined ? [] : [toDefinition(probe, targets)]),
    ];
    return () => {
      const handlers = definitions.map((definition) => {
        const handler = this.#handlers.get(definition.path) ??
          new ProbeHandler(definition, this.#options);
        handler.definition = definition;
        return [definition.path, handler] as const;
      });
      this.#handlers = new Map(handlers);
      this.#files = files;
    };
  }

  /** Returns what answers requests for a path, without the prefix; undefined if nothing does. */
  route(path: string): Route | undefined {
    const handler = this.#handlers.get(path);
    if (handler !== undefined) return (request) => handler.handle(request);
    const definitions = Array.from(this.#handlers.values(), ({ definition }) => definition)
      .filter(({ discover }) => discover !== undefined);
    if (path !== DISCOVERY_PATH || definitions.length === 0) return undefined;
    return (request) => discoveryReply(definitions, request, this.#options);
  }

  /** Returns metrics about probes. */
  collect(): MetricFamily[] {
    const requests = new MetricFamily("exporter_probe_requests_total", {
      type: "counter",
      help: "Requests for probes, by their results.",
    });
    const running = new MetricFamily("exporter_probes_in_flight", {
      type: "gauge",
      help: "Probes that are running.",
    });
    for (const [path, handler] of this.#handlers) {
      for (const [result, count] of handler.results) requests.add(count, { path, result });
      running.add(handler.running, { path });
    }
    return [requests, running];
  }
}

function modulesOf({ probe }: DeclaredProbe): ProbeDefinition["modules"] {
  if (typeof probe === "function") return { probe };
  const modules = Object.entries(probe).map(([name, probe]): [string, ProbeModule] => {
    return [name, { probe }];
  });
  return new Map(modules);
}

function toDefinition(
  { path, modules, options }: Pick<ProbeDefinition, "path" | "modules"> & {
    readonly options: ProbeOptions;
  },
  configured: readonly ConfiguredTargets[],
): ProbeDefinition {
  const { targets, allowPrivate, resolve = true, discover = [] } = options;
  const { timeout = DEFAULT_TIMEOUT, maxConcurrent = DEFAULT_MAX_CONCURRENT } = options;
  const own = configured.filter((targets) => targets.path === path);
  const fixed: readonly ProbeTargets[] = typeof discover === "function"
    ? own
    : [...discover, ...own];
  const listed = fixed.flatMap(({ targets }) => targets);
  const canDiscover = typeof discover === "function" || fixed.length > 0;
  return {
    ...{ path, modules, timeout, maxConcurrent },
    policy: resolve ? new TargetPolicy({ targets, listed, allowPrivate }) : undefined,
    isAllowed: typeof targets === "function" ? targets : textMatcher(textsOf(targets, listed)),
    discover: canDiscover
      ? async () => typeof discover === "function" ? [...await discover(), ...own] : fixed
      : undefined,
  };
}

/** Returns the patterns of targets that are any text; undefined if there are none. */
function textsOf(
  targets: readonly string[] | undefined,
  listed: readonly string[],
): readonly string[] | undefined {
  return targets === undefined && listed.length === 0 ? undefined : [...targets ?? [], ...listed];
}
