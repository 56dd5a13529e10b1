/**
 * The TCP prober.
 *
 * @module
 */

import type { Socket } from "node:net";
import { Gauge } from "../gauge.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { Probe, ProbeContext } from "../probe.ts";
import { resolveTarget } from "./address_metrics.ts";
import { encryptConnection, openConnection } from "./connection.ts";
import { selfResolving } from "./module.ts";
import { expand, type Match, Pattern } from "./pattern.ts";
import { SocketReader } from "./socket_reader.ts";
import { checkTcpOptions, type TcpProbeOptions, type TcpStep } from "./tcp_options.ts";
import { registerTlsMetrics } from "./tls_metrics.ts";

/** The longest part of a line that is logged. */
const MAX_LOGGED = 200;

interface CompiledStep extends TcpStep {
  readonly pattern: Pattern | undefined;
}

/**
 * Creates a prober.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 * @throws {SyntaxError} If a regular expression is invalid.
 */
export function createTcpProbe(options: TcpProbeOptions): Probe {
  checkTcpOptions(options);
  const steps = (options.queryResponse ?? []).map((step) => ({
    ...step,
    pattern: step.expect === undefined ? undefined : new Pattern(step.expect),
  }));
  const run = (context: ProbeContext) => probe(context, options, steps);
  selfResolving.add(run);
  return run;
}

async function probe(
  context: ProbeContext,
  options: TcpProbeOptions,
  steps: readonly CompiledStep[],
): Promise<void> {
  const { registry, target, logger, signal } = context;
  const failedDueToRegex = registry.register(
    new Gauge(
      "probe_failed_due_to_regex",
      "Whether the probe failed because of a regular expression.",
    ),
  );
  const failedDueToBytes = registry.register(
    new Gauge("probe_failed_due_to_bytes", "Whether the probe failed because of other bytes."),
  );
  const { host, port, address } = await resolveTarget(context, target, {
    protocol: options.preferredIpProtocol ?? "ip6",
    fallback: options.ipProtocolFallback ?? true,
  });
  if (port === undefined) throw new Error("the target has no port");
  logger.info("connecting", { address, port });
  const plain = await openConnection(address, port, signal);
  try {
    const encrypt = async (socket: Socket) => {
      const serverName = options.tls?.serverName ?? context.params.get("hostname") ?? host;
      const tls = { ...options.tls, serverName };
      const secure = await encryptConnection(socket, { host, options: tls }, signal);
      logger.info("encrypted", { version: secure.getProtocol() });
      registerTlsMetrics(registry, secure);
      return secure;
    };
    let socket: Socket = options.encrypted ? await encrypt(plain) : plain;
    let reader = new SocketReader(socket, signal);
    for (const step of steps) {
      let match: Match = [];
      if (step.pattern !== undefined) {
        failedDueToRegex.set(1);
        match = await expectLine(context, reader, step.pattern);
        failedDueToRegex.set(0);
        registerLabels(context, step, match);
      }
      if (step.expectBytes !== undefined) {
        failedDueToBytes.set(1);
        await expectBytes(reader, step.expectBytes);
        failedDueToBytes.set(0);
      }
      if (step.send !== undefined) await sendLine(context, socket, expand(step.send, match));
      if (step.startTls) {
        socket = await encrypt(socket);
        reader = new SocketReader(socket, signal);
      }
    }
  } finally {
    plain.destroy();
  }
}

/** Reads lines until one matches. */
async function expectLine(
  { logger }: ProbeContext,
  reader: SocketReader,
  pattern: Pattern,
): Promise<Match> {
  for (;;) {
    if (shouldYield()) await yieldToEventLoop();
    const line = await reader.line();
    if (line === undefined) throw new Error(`no line matches ${pattern.source}`);
    logger.debug("read line", { line: line.slice(0, MAX_LOGGED) });
    const match = pattern.match(line);
    if (match !== undefined) return match;
  }
}

async function expectBytes(reader: SocketReader, text: string): Promise<void> {
  const expected = new TextEncoder().encode(text);
  const bytes = await reader.bytes(expected.length);
  const isEqual = bytes.length === expected.length &&
    bytes.every((byte, i) => byte === expected[i]);
  if (!isEqual) throw new Error("the target sent other bytes than those expected");
}

function registerLabels(
  { registry }: ProbeContext,
  { labels }: TcpStep,
  match: Match,
): void {
  if (labels === undefined) return;
  const values = Object.entries(labels).map(([name, value]) => [name, expand(value, match)]);
  registry.register(
    new Gauge("probe_expect_info", "What the target sent.", { labels: Object.keys(labels) }),
  ).labels(Object.fromEntries(values)).set(1);
}

function sendLine({ logger, signal }: ProbeContext, socket: Socket, line: string): Promise<void> {
  logger.debug("sending line", { line: line.slice(0, MAX_LOGGED) });
  return new Promise((resolve, reject) => {
    socket.once("close", () => {
      reject(signal.aborted ? signal.reason : new Error("the connection was closed"));
    });
    socket.write(`${line}\n`, (error) => error ? reject(error) : resolve());
  });
}
