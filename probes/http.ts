/**
 * The HTTP prober.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { roundSeconds } from "../model/deadline.ts";
import { yieldToEventLoop } from "../model/event_loop.ts";
import type { Probe, ProbeContext } from "../probe.ts";
import { VERSION } from "../version.ts";
import { resolveTarget } from "./address_metrics.ts";
import { readBody } from "./http_body.ts";
import { type Exchange, exchange } from "./http_exchange.ts";
import { HttpMetrics } from "./http_metrics.ts";
import { checkHttpOptions, type HeaderMatch, type HttpProbeOptions } from "./http_options.ts";
import { selfResolving } from "./module.ts";
import { Pattern } from "./pattern.ts";
import { registerTlsMetrics } from "./tls_metrics.ts";

const MAX_REDIRECTS = 10;
const DEFAULT_BODY_LIMIT = 10 * 1024 * 1024;

/** Matching takes up to a quarter of a second for each million characters. */
const DEFAULT_MATCHED_LIMIT = 1024 * 1024;

/** Headers that are not sent to another host than that of the target. */
const PERSONAL = ["authorization", "cookie", "host", "proxy-authorization"];

interface HeaderPattern extends HeaderMatch {
  readonly pattern: Pattern;
}

/** The options of a prober, compiled. */
interface Settings {
  readonly options: HttpProbeOptions;
  readonly forbidden: readonly Pattern[];
  readonly required: readonly Pattern[];
  readonly forbiddenHeaders: readonly HeaderPattern[];
  readonly requiredHeaders: readonly HeaderPattern[];
}

/** What to request next. */
interface Step {
  readonly url: URL;
  readonly method: string;
  readonly body: string | undefined;
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Creates a prober.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 * @throws {SyntaxError} If a regular expression is invalid.
 */
export function createHttpProbe(options: HttpProbeOptions): Probe {
  checkHttpOptions(options);
  const compile = (sources: readonly string[] = []) => sources.map((source) => new Pattern(source));
  const compileMatches = (matches: readonly HeaderMatch[] = []) =>
    matches.map((match) => ({ ...match, pattern: new Pattern(match.regexp) }));
  const settings: Settings = {
    options,
    forbidden: compile(options.failIfBodyMatchesRegexp),
    required: compile(options.failIfBodyNotMatchesRegexp),
    forbiddenHeaders: compileMatches(options.failIfHeaderMatches),
    requiredHeaders: compileMatches(options.failIfHeaderNotMatches),
  };
  const run = (context: ProbeContext) => probe(context, settings);
  selfResolving.add(run);
  return run;
}

async function probe(context: ProbeContext, settings: Settings): Promise<void> {
  const { registry, logger, target, params } = context;
  const { options } = settings;
  const metrics = new HttpMetrics(registry);
  const url = toUrl(target);
  const hostname = params.get("hostname") ?? undefined;
  let step: Step = {
    url,
    method: options.method ?? "GET",
    body: options.body,
    headers: headersOf(options, url, hostname),
  };
  for (let redirects = 0;; redirects++) {
    metrics.redirects.set(redirects);
    using answer = await request(context, settings, step, redirects === 0, metrics, hostname);
    const { response } = answer;
    const next = redirects < MAX_REDIRECTS && (options.followRedirects ?? true)
      ? redirected(response, step, url)
      : undefined;
    if (next === undefined) return await judge(context, settings, answer, metrics);
    logger.info("following redirect", { status: response.statusCode, location: next.url.href });
    step = next;
  }
}

/** Sends a request to an address that is allowed. */
async function request(
  context: ProbeContext,
  { options }: Settings,
  { url, method, body, headers }: Step,
  isFirst: boolean,
  metrics: HttpMetrics,
  hostname: string | undefined,
): Promise<Exchange> {
  const { logger, resolve, signal } = context;
  const preference = {
    protocol: options.preferredIpProtocol ?? "ip6",
    fallback: options.ipProtocolFallback ?? true,
  } as const;
  const { address, seconds } = isFirst
    ? await resolveTarget(context, url.href, preference)
    : await resolve(url.href, preference);
  metrics.addPhase("resolve", seconds);
  metrics.beginPhases();
  logger.info("sending request", { method, url: url.href, address });
  // After a redirect, the name that the target has to have does not apply anymore.
  const serverName = isFirst ? options.tls?.serverName ?? hostname : undefined;
  const { serverName: _, ...tls } = options.tls ?? {};
  const answer = await exchange({
    ...{ url, address, method, headers, body, signal },
    tls: { ...tls, ...(serverName !== undefined && { serverName }) },
    onPhase: (phase, seconds) => {
      logger.debug("phase ended", { phase, seconds: roundSeconds(seconds) });
      metrics.addPhase(phase, seconds);
    },
  });
  const { response, secure } = answer;
  const { statusCode = 0, httpVersion, headers: received } = response;
  logger.info("received response", { status: statusCode, version: httpVersion });
  metrics.statusCode.set(statusCode);
  metrics.contentLength.set(Number(received["content-length"] ?? -1));
  metrics.version.set(Number(httpVersion));
  metrics.ssl.set(secure === undefined ? 0 : 1);
  return answer;
}

/** Decides whether the last response passes. Reads the body in any case, since its transfer is timed. */
async function judge(
  { registry, logger, signal }: ProbeContext,
  settings: Settings,
  { response, secure }: Exchange,
  metrics: HttpMetrics,
): Promise<void> {
  const { options } = settings;
  if (secure !== undefined) registerTlsMetrics(registry, secure);
  metrics.setLastModified(response.headers["last-modified"]);
  const problems = [...statusProblems(response, options), ...sslProblems(secure, options)];
  const headerProblem = findHeaderProblem(response, settings);
  const isKept = settings.forbidden.length + settings.required.length > 0;
  const began = performance.now();
  const body = await readBody(response, {
    compression: options.compression,
    limit: options.bodySizeLimit ?? (isKept ? DEFAULT_MATCHED_LIMIT : DEFAULT_BODY_LIMIT),
    ...{ isKept, signal },
  });
  metrics.addPhase("transfer", (performance.now() - began) / 1000);
  metrics.bodyLength.set(body.length);
  logger.info("read body", { bytes: body.length });
  if (body.problem !== undefined) throw body.problem;
  if (problems[0] !== undefined) throw new Error(problems[0]);
  const problem = headerProblem ?? await findBodyProblem(body.text, settings);
  if (problem === undefined) return;
  metrics.failedDueToRegex.set(1);
  throw new Error(problem);
}

function* statusProblems(
  { statusCode = 0, httpVersion }: IncomingMessage,
  { validStatusCodes = [], validHttpVersions = [] }: HttpProbeOptions,
): Iterable<string> {
  const isValid = validStatusCodes.length === 0
    ? statusCode >= 200 && statusCode <= 299
    : validStatusCodes.includes(statusCode);
  if (!isValid) yield `status code ${statusCode}, expected ${validStatusCodes.join(", ") || "2xx"}`;
  const version = `HTTP/${httpVersion}`;
  if (validHttpVersions.length > 0 && !validHttpVersions.includes(version)) {
    yield `version ${version}, expected ${validHttpVersions.join(", ")}`;
  }
}

function* sslProblems(
  secure: Exchange["secure"],
  { failIfSsl = false, failIfNotSsl = false }: HttpProbeOptions,
): Iterable<string> {
  if (failIfSsl && secure !== undefined) yield "the last connection is encrypted";
  if (failIfNotSsl && secure === undefined) yield "the last connection is not encrypted";
}

function findHeaderProblem(
  response: IncomingMessage,
  { forbiddenHeaders, requiredHeaders }: Settings,
): string | undefined {
  for (
    const [matches, isForbidden] of [[forbiddenHeaders, true], [requiredHeaders, false]] as const
  ) {
    for (const { header, pattern, allowMissing = false } of matches) {
      const values = response.headersDistinct[header.toLowerCase()] ?? [];
      if (values.length === 0 && !allowMissing) return `the header ${header} is missing`;
      if (values.length === 0) continue;
      if (values.some((value) => pattern.test(value)) !== isForbidden) continue;
      return `the header ${header} ${isForbidden ? "matches" : "does not match"} ${pattern.source}`;
    }
  }
  return undefined;
}

async function findBodyProblem(
  text: string,
  { forbidden, required }: Settings,
): Promise<string | undefined> {
  for (const pattern of forbidden) {
    if (pattern.test(text)) return `the body matches ${pattern.source}`;
    await yieldToEventLoop();
  }
  for (const pattern of required) {
    if (!pattern.test(text)) return `the body does not match ${pattern.source}`;
    await yieldToEventLoop();
  }
  return undefined;
}

function toUrl(target: string): URL {
  const url = URL.parse(/^https?:\/\//i.test(target) ? target : `http://${target}`);
  if (url !== null) return url;
  throw new Error("the target is not a URL that begins with http: or https:");
}

function headersOf(
  { headers = {}, basicAuth, bearerToken, compression }: HttpProbeOptions,
  url: URL,
  hostname: string | undefined,
): ReadonlyMap<string, string> {
  const own = new Map([
    ["host", hostname ?? url.host],
    ["user-agent", `exporter-prometheus/${VERSION}`],
    ["connection", "close"],
  ]);
  if (compression !== undefined) own.set("accept-encoding", compression);
  if (basicAuth !== undefined) {
    const pair = new TextEncoder().encode(`${basicAuth.username}:${basicAuth.password}`);
    own.set("authorization", `Basic ${pair.toBase64()}`);
  }
  if (bearerToken !== undefined) own.set("authorization", `Bearer ${bearerToken}`);
  for (const [name, value] of Object.entries(headers)) own.set(name.toLowerCase(), value);
  return own;
}

/** Returns the request that a redirect asks for (RFC 9110, section 15.4); undefined if the response is none. */
function redirected(response: IncomingMessage, step: Step, first: URL): Step | undefined {
  const { statusCode = 0, headers: { location } } = response;
  if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return undefined;
  const url = URL.parse(location, step.url.href);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const keeps = statusCode >= 307 || step.method === "HEAD";
  const headers = new Map(step.headers);
  if (url.origin !== first.origin) {
    for (const name of PERSONAL) headers.delete(name);
  }
  if (url.host !== step.url.host) headers.set("host", url.host);
  return {
    url,
    method: keeps ? step.method : "GET",
    body: keeps ? step.body : undefined,
    headers,
  };
}
