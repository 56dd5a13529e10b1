/**
 * Programs that print metrics.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import process from "node:process";
import { readLabels } from "../config.ts";
import { secondsUntil } from "../model/deadline.ts";
import { toOneLine } from "../model/describe.ts";
import { type Table, toTable } from "../model/config_table.ts";
import { toFilledString, toFilledStrings, toText } from "../model/config_values.ts";
import type { Family } from "../model/family.ts";
import { isMetricName } from "../model/names.ts";
import { Sample } from "../model/sample.ts";
import { joinMessages } from "./error_messages.ts";
import { decodeText, readExposition } from "./exposition_reader.ts";
import { readJsonFamilies } from "./json_families.ts";
import { HEAD_KEYS, type MetricHead, readMetricHead } from "./metric_head.ts";
import { readValueMapping, VALUE_KEYS } from "./metric_value.ts";
import { type ProcessOutcome, runProcess } from "./process.ts";
import type { Source, SourceContext, SourcePlace } from "./source.ts";

/** The keys of a collector that {@linkcode readCommandSource} reads. */
export const COMMAND_KEYS = [
  "command",
  "env",
  "inherit_env",
  "cwd",
  "exit_status",
  "metric",
  "metrics",
];

/** The search path of programs, unless their environment has another one: that of services of systemd. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The longest end of standard error in a message. */
const MAX_ERROR_TEXT = 200;

/** Turns the output of a program into families. */
type OutputReader = (output: Uint8Array, source: string) => AsyncIterable<Family>;

/** What to run, and what to make of it. */
interface CommandInit {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly inherited: readonly string[];
  /** The name of the metric that has the exit status. Without one, an exit status other than 0 is a failure. */
  readonly exitStatus: string | undefined;
  readonly readOutput: OutputReader;
  readonly maxBytes: number;
}

/** A program that is run for each reading. */
class CommandSource implements Source {
  readonly kind = "command";
  readonly target: string;
  readonly permissions: Source["permissions"];
  readonly #init: CommandInit;

  constructor(init: CommandInit) {
    const [program = "", ...args] = init.command;
    // Arguments may be secrets.
    this.target = args.length === 0 ? program : `${program} …`;
    // Deno.kill(), which ends the children of a program, needs the permission to run any program.
    this.permissions = {
      run: true,
      ...(init.inherited.length > 0 && { env: init.inherited }),
    };
    this.#init = init;
  }

  async *read({ signal, deadline, logger }: SourceContext): AsyncIterable<Family> {
    const { command, cwd, maxBytes, exitStatus, readOutput } = this.#init;
    const [program = "", ...args] = command;
    const outcome = await runProcess({
      program,
      args,
      cwd,
      env: this.#environment(deadline),
      signal,
      maxBytes,
    });
    const errorText = outcome.errorText.trim();
    if (errorText !== "") logger.debug("standard error of the program", { text: errorText });
    const failure = exitStatus === undefined || outcome.signal !== undefined
      ? failureOf(program, outcome)
      : undefined;
    if (exitStatus !== undefined && outcome.signal === undefined) {
      yield exitStatusFamily(exitStatus, outcome.status);
    }
    try {
      if (failure === undefined || outcome.output.length > 0) {
        yield* readOutput(outcome.output, program);
      }
    } catch (error) {
      throw failure ?? error;
    }
    if (failure !== undefined) throw failure;
  }

  #environment(deadline: Date): Record<string, string> {
    const { env, inherited } = this.#init;
    const secondsLeft = Math.max(0, secondsUntil(deadline));
    const own = inherited.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    });
    return {
      PATH,
      SCRIPT_TIMEOUT: secondsLeft.toFixed(3),
      SCRIPT_TIMEOUT_ENFORCED: "1",
      SCRIPT_DEADLINE: (Date.now() / 1000 + secondsLeft).toFixed(3),
      ...Object.fromEntries(own),
      ...env,
    };
  }
}

function failureOf(program: string, outcome: ProcessOutcome): Error | undefined {
  const { status, signal, errorText } = outcome;
  if (status === 0 && signal === undefined) return undefined;
  const reason = signal === undefined ? `exit status ${status}` : `ended by ${signal}`;
  const text = toOneLine(errorText.trim().slice(-MAX_ERROR_TEXT));
  return new Error(`Cannot use "${program}": ${reason}${text === "" ? "" : `: ${text}`}`);
}

function exitStatusFamily(name: string, status: number): Family {
  const help = "Exit status of the program.";
  return { name, type: "gauge", help, samples: [new Sample(name, [], status)] };
}

/** Reads and checks the source `command` in the table of a collector. */
export async function readCommandSource(
  table: Table,
  { folder, maxBytes }: SourcePlace,
): Promise<Source | undefined> {
  if (process.platform === "win32") {
    table.report("programs need process groups, which Windows does not have", "command");
  }
  const expected = "a list of a program and its arguments, without a shell";
  const command = table.takeSecret("command", expected, toCommand);
  const env: Record<string, string> = {};
  const variables = table.secretTable("env");
  for (const name of variables.keys()) {
    const value = variables.takeSecret(name, "a string", toText);
    if (!isVariable(name)) variables.report("expected the name of a variable", name);
    if (value !== undefined) env[name] = value;
  }
  const inherited = table.take(
    "inherit_env",
    "a list of the names of variables",
    (value) => toFilledStrings(value)?.every(isVariable) ? toFilledStrings(value) : undefined,
  );
  const cwd = table.take("cwd", "the path of a folder", toFilledString) ?? ".";
  const exitStatus = table.take(
    "exit_status",
    "a metric name that matches [a-zA-Z_:][a-zA-Z0-9_:]*",
    (value) => typeof value === "string" && isMetricName(value) ? value : undefined,
  );
  const readOutput = await readOutputReader(table);
  if (command === undefined) return undefined;
  return new CommandSource({
    command,
    cwd: isAbsolute(cwd) ? cwd : join(folder, cwd),
    env,
    inherited: inherited ?? [],
    exitStatus,
    readOutput,
    maxBytes,
  });
}

async function readOutputReader(table: Table): Promise<OutputReader> {
  if (table.has("metric") && table.has("metrics")) {
    table.report('"metric" and "metrics" exclude each other', "metrics");
  }
  const metric = table.has("metric") ? table.table("metric", toMetricTable) : undefined;
  const isJson = metric === undefined ? table.has("metrics") : isJsonMetric(metric);
  if (!isJson) return metric === undefined ? readPrintedExposition : readSingleMetric(metric);
  const { readJsonMetric, readJsonMetrics } = await import("./json_metric.ts");
  const metrics = metric === undefined ? readJsonMetrics(table) : [readJsonMetric(metric)!];
  return async function* (output, source) {
    // sqlite3 prints nothing instead of an empty list.
    if (decodeText(output, source).trim() !== "") yield* readJsonFamilies(output, metrics, source);
  };
}

/** Reads an exposition. Other lines are left out, because programs print messages as well, and fail the collector. */
async function* readPrintedExposition(output: Uint8Array, source: string): AsyncIterable<Family> {
  const messages: string[] = [];
  yield* readExposition(output, source, { onError: ({ message }) => messages.push(message) });
  if (messages.length > 0) throw new SyntaxError(joinMessages(messages, 1));
}

/** Reads and checks the metric whose value is the whole output. */
function readSingleMetric(table: Table): OutputReader {
  table.checkKeys([...HEAD_KEYS, ...VALUE_KEYS, "labels"]);
  const head: MetricHead | undefined = readMetricHead(table);
  const mapping = readValueMapping(table);
  const labels = [...readLabels(table)].flat();
  return async function* (output, source) {
    const { name } = head!;
    try {
      const value = mapping.convert(decodeText(output, source).trim())!;
      yield { ...head!, samples: [new Sample(name, labels, value)] };
    } catch (cause) {
      const { message } = cause as Error;
      throw new TypeError(`Cannot use "${source}": metric "${name}": ${message}`, { cause });
    }
  };
}

/** A name alone stands for a metric without other properties. */
function toMetricTable(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "string" ? { name: value } : toTable(value);
}

function isJsonMetric(table: Table): boolean {
  return table.has("path") || table.has("for_each");
}

function toCommand(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || toFilledString(value[0]) === undefined) return undefined;
  return value.every((word) => typeof word === "string" && !word.includes("\0"))
    ? value
    : undefined;
}

function isVariable(name: string): boolean {
  return /^[^=\0]+$/.test(name);
}
