/**
 * The handler of a probe: from a request to a run of the probe, and from its registry to a response.
 *
 * @module
 */

import { STATUS_NAMES } from "../collect/status.ts";
import { DEFAULT_VARIANT } from "../encode/format.ts";
import { negotiateEncoding, negotiateFormat } from "../encode/negotiate.ts";
import type { Exposition } from "../exposition.ts";
import { Labels } from "../labels.ts";
import { describe } from "../model/describe.ts";
import { deadlineIn, secondsUntil, settlesWithin } from "../model/deadline.ts";
import type { Limits } from "../model/limits.ts";
import type { Logger } from "../model/logger.ts";
import type { ProbeTargets } from "../probe.ts";
import { type ProbeModule, selfResolving } from "../probes/module.ts";
import { ProbeLog } from "../probes/probe_log.ts";
import { type Lookup, Resolver } from "../probes/resolver.ts";
import { type Outcome, runProbe } from "../probes/run.ts";
import { type TargetPolicy, TargetRefusedError } from "../probes/target_policy.ts";
import type { Registry } from "../registry.ts";
import type { ScrapeOptions } from "../registry_options.ts";
import { InFlight, type Ticket } from "./in_flight.ts";
import type { ThrottledLog } from "./log_throttle.ts";
import { parseProbeQuery, type ProbeQuery } from "./probe_query.ts";
import type { HttpRequest } from "./request.ts";
import { busyReply, expositionReply, type Reply, textReply } from "./response.ts";
import { isCrossSite } from "./router.ts";
import { scrapeTimeout } from "./scrape_timeout.ts";

/** What is probed at a path, and how. */
export interface ProbeDefinition {
  /** The path, without the prefix. */
  readonly path: string;
  /** The modules by name, the first of which is the default; or one for all names. */
  readonly modules: ReadonlyMap<string, ProbeModule> | ProbeModule;
  /** Decides which targets are probed; undefined if they are any text, and `isAllowed` decides. */
  readonly policy: TargetPolicy | undefined;
  /** Decides which texts are targets if there is no policy. */
  readonly isAllowed: (target: string) => boolean;
  /** The maximum number of seconds for a probe. */
  readonly timeout: number;
  /** The maximum number of probes at the same time. */
  readonly maxConcurrent: number;
  /** Returns the targets for Prometheus to discover. */
  readonly discover: (() => readonly ProbeTargets[] | Promise<readonly ProbeTargets[]>) | undefined;
}

/** What the handlers of all probes need. */
export interface ProbeEnvironment {
  /** The registry of the exporter, whose rules for names apply. */
  readonly registry: Pick<Registry, "utf8Names" | "openMetrics2">;
  /** Returns the limits of the timeout. */
  readonly limits: () => Pick<Limits, "minTimeout" | "maxTimeout">;
  /** Logs each probe at level debug. */
  readonly logger: Logger;
  /** Logs failures, throttled. */
  readonly log: ThrottledLog;
  /** Starts the exporter. */
  readonly startUp: () => Promise<void>;
  /** Returns whether the exporter accepts scrapes. */
  readonly isReady: () => boolean;
  /** Adds the labels that all metrics have in common. */
  readonly gatherOptions: (options: ScrapeOptions) => ScrapeOptions;
  /**
   * Finds the addresses of a host.
   *
   * @default the resolver of the system
   */
  readonly lookup?: Lookup;
  /**
   * The clock, in seconds.
   *
   * @default {() => performance.now() / 1000}
   */
  readonly now?: () => number;
}

/** How a request ended. */
export const PROBE_RESULTS = ["success", "failure", "refused", "invalid", "busy", "gone"] as const;

/** The name of a result. */
export type ProbeResult = (typeof PROBE_RESULTS)[number];

interface Answer {
  readonly reply: Reply;
  readonly result: ProbeResult;
}

/** Seconds for collectors that a probe registers. */
const COLLECT_TIMEOUT = 0.2;

/** Seconds after its deadline for which a probe that does not end counts as running, at least and at most. */
const MIN_PATIENCE = 60;
const MAX_PATIENCE = 600;

/** Answers the requests for probes at one path. */
export class ProbeHandler {
  readonly #environment: ProbeEnvironment;
  readonly #inFlight: InFlight;
  /** The probes and resolutions that have not ended, even if their requests were answered, with the time at which they are given up. */
  readonly #running = new Map<object, number>();
  readonly #results = new Map<ProbeResult, number>(PROBE_RESULTS.map((result) => [result, 0]));
  /** What is probed. A reload may change it. */
  definition: ProbeDefinition;

  /** Creates a handler. */
  constructor(definition: ProbeDefinition, environment: ProbeEnvironment) {
    this.definition = definition;
    this.#environment = environment;
    this.#inFlight = new InFlight({ max: () => this.definition.maxConcurrent });
  }

  /** How many requests ended in which way. */
  get results(): ReadonlyMap<ProbeResult, number> {
    return this.#results;
  }

  /** The number of probes that are running. */
  get running(): number {
    const now = this.#now();
    for (const [run, giveUpAt] of this.#running) if (giveUpAt < now) this.#running.delete(run);
    return this.#running.size;
  }

  /** Answers a request. */
  async handle(request: HttpRequest): Promise<Reply> {
    const ticket = this.running < this.definition.maxConcurrent
      ? this.#inFlight.enter()
      : undefined;
    let answer: Answer = { reply: busyReply(), result: "busy" };
    try {
      if (ticket !== undefined) answer = await this.#answer(request, ticket);
    } catch (error) {
      ticket?.leave();
      throw error;
    }
    if (answer.reply.status !== 200) ticket?.leave();
    this.#results.set(answer.result, this.#results.get(answer.result)! + 1);
    return answer.reply;
  }

  #now(): number {
    return this.#environment.now?.() ?? performance.now() / 1000;
  }

  async #answer(request: HttpRequest, ticket: Ticket): Promise<Answer> {
    const { limits, isReady, startUp, lookup } = this.#environment;
    // A page of another site must not use the reader's browser to find out what is reachable from here.
    if (isCrossSite(request)) return refuse(403, "Forbidden", "refused");
    let query: ProbeQuery;
    let module: ProbeModule;
    try {
      query = parseProbeQuery(request.search);
      module = this.#module(query.module);
    } catch (error) {
      return refuse(400, (error as Error).message, "invalid");
    }
    const timeout = Math.min(
      scrapeTimeout(request.headers, limits()),
      this.definition.timeout,
      module.timeout ?? Infinity,
    );
    const began = performance.now();
    const deadline = deadlineIn(timeout);
    if (!isReady()) await settlesWithin(startUp(), timeout);
    if (!isReady()) return refuse(503, "The exporter is not ready", "busy");
    const resolver = new Resolver(this.definition.policy, lookup);
    let unresolved: unknown;
    try {
      unresolved = await this.#admit(resolver, query.target, deadline);
    } catch (error) {
      if (error instanceof RangeError) return refuse(400, error.message, "invalid");
      if (error instanceof TargetRefusedError) return this.#refuseTarget(error);
      throw error;
    }
    return this.#probe({ request, ticket, query, module, resolver, began, timeout, unresolved });
  }

  #refuseTarget(error: TargetRefusedError): Answer {
    const { path } = this.definition;
    const { log } = this.#environment;
    log.logFailure("warn", `refused ${path}`, error, "probe refused", { path, error });
    return refuse(403, error.message, "refused");
  }

  /**
   * Checks a target.
   *
   * @returns Why its name cannot be resolved, if so. That is a failure of the target, not of the request.
   * @throws {RangeError} If the text is not a target.
   * @throws {TargetRefusedError} If the target, or one of its addresses, is not allowed.
   */
  async #admit(resolver: Resolver, target: string, deadline: Date): Promise<unknown> {
    const { policy, isAllowed } = this.definition;
    if (policy === undefined) {
      if (isAllowed(target)) return undefined;
      throw new TargetRefusedError(target, "not among the allowed targets");
    }
    const resolving = resolver.resolve(target);
    const seconds = secondsUntil(deadline);
    if (!await settlesWithin(resolving, seconds)) {
      this.#countUntil(resolving, seconds);
      return new DOMException("the name was not resolved in time", "TimeoutError");
    }
    try {
      await resolving;
      return undefined;
    } catch (error) {
      if (error instanceof TargetRefusedError || error instanceof RangeError) throw error;
      return error ?? new Error("the name cannot be resolved");
    }
  }

  #module(name: string): ProbeModule {
    const { modules } = this.definition;
    if ("probe" in modules) return modules;
    const module = name === "" ? modules.values().next().value : modules.get(name);
    if (module !== undefined) return module;
    throw new RangeError(
      `Cannot probe with module ${describe(name)}: expected one of ${
        [...modules.keys()].join(", ")
      }`,
    );
  }

  async #probe(
    { request, ticket, query, module, resolver, began, timeout, unresolved }: {
      readonly request: HttpRequest;
      readonly ticket: Ticket;
      readonly query: ProbeQuery;
      readonly module: ProbeModule;
      readonly resolver: Resolver;
      readonly began: number;
      readonly timeout: number;
      readonly unresolved: unknown;
    },
  ): Promise<Answer> {
    const { logger, log, registry: { utf8Names } } = this.#environment;
    const { path } = this.definition;
    const { gone } = request.client;
    const { target } = query;
    const probeLog = new ProbeLog(logger, {
      target,
      ...(query.module && { module: query.module }),
    });
    const run = runProbe({
      ...{ target, module: query.module, params: query.params, resolver, gone, utf8Names },
      probe: unresolved === undefined || selfResolving.has(module.probe)
        ? module.probe
        : () => Promise.reject(unresolved),
      ...{ timeout, began },
      logger: probeLog,
    });
    this.#countUntil(run.then(({ ended }) => ended), timeout);
    const outcome = await run;
    if (gone?.aborted) return refuse(499, "The client has disconnected", "gone");
    const { isSuccess, error, seconds } = outcome;
    if (isSuccess) probeLog.info("probe succeeded", { seconds });
    else {
      probeLog.error("probe failed", { seconds, error });
      const fields = { target, module: query.module, error };
      log.logFailure("warn", `probe ${path} ${query.module}`, error, "probe failed", fields);
    }
    const result = isSuccess ? "success" : "failure";
    if (query.isDebug) {
      ticket.leave();
      return { reply: await this.#debugReply(outcome, probeLog, module), result };
    }
    return {
      reply: expositionReply(await this.#expose(outcome.registry, request), ticket),
      result,
    };
  }

  /** Counts something as running until it ends, or until nobody believes in that anymore. */
  #countUntil(end: Promise<unknown>, timeout: number): void {
    const patience = Math.min(Math.max(10 * timeout, MIN_PATIENCE), MAX_PATIENCE);
    this.#running.set(end, this.#now() + timeout + patience);
    const forget = () => void this.#running.delete(end);
    end.then(forget, forget);
  }

  async #expose(
    registry: Registry,
    request: HttpRequest | undefined,
  ): Promise<Exposition> {
    const { gatherOptions } = this.#environment;
    const { labels = new Labels() } = gatherOptions({});
    const gathering = await registry.gather({ labels, deadline: deadlineIn(COLLECT_TIMEOUT) });
    const families = gathering.families.filter(({ name }) => !STATUS_NAMES.has(name));
    const { headers } = request ?? {};
    const variant = headers === undefined
      ? DEFAULT_VARIANT
      : negotiateFormat(headers.get("accept"), this.#environment.registry);
    const encoding = negotiateEncoding(headers?.get("accept-encoding") ?? null);
    return registry.write({ ...gathering, families }, { variant, encoding });
  }

  async #debugReply(
    { registry }: Outcome,
    { lines }: ProbeLog,
    { settings }: ProbeModule,
  ): Promise<Reply> {
    using exposition = await this.#expose(registry, undefined);
    const parts = [
      ["Log of the probe", lines.join("\n")],
      ["Metrics that would have been returned", exposition.text().trimEnd()],
      ...(settings === undefined ? [] : [["Settings of the module", settings]]),
    ];
    const text = parts.map(([title, content]) => `${title}:\n\n${content}`).join("\n\n\n");
    return textReply(200, text);
  }
}

function refuse(status: number, message: string, result: ProbeResult): Answer {
  return { reply: textReply(status, message), result };
}
