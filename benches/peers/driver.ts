/**
 * The common part of the programs for JavaScript libraries, which answers the requests of the comparison.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { lines } from "../compare/lines.ts";
import {
  type Abilities,
  OPERATIONS,
  type Reply,
  type Request,
  type RequestName,
  type Requests,
  type Task,
  TASKS,
} from "../compare/protocol.ts";
import { timeOperation, timeRuns } from "../compare/timing.ts";
import type { Workload } from "../compare/workload.ts";
import { EventLoopWatch } from "./event_loop.ts";
import type { Library, Rendered } from "./library.ts";
import { Population } from "./population.ts";
import { piecesOf, sizeOf } from "./rendered.ts";

/** Answers requests until standard input ends. */
export async function drive(library: Library): Promise<never> {
  const driver = new Driver(library);
  const encoder = new TextEncoder();
  for await (const line of lines(Deno.stdin.readable)) {
    const reply = await driver.answer(JSON.parse(line));
    await Deno.stdout.write(encoder.encode(JSON.stringify(reply) + "\n"));
  }
  Deno.exit(0);
}

type Handlers = {
  [N in RequestName]: (
    request: Request<N>,
  ) => Requests[N]["reply"] | Promise<Requests[N]["reply"]>;
};

class Driver {
  readonly #library: Library;
  readonly #watch = new EventLoopWatch();
  #population: Population | undefined;
  /** The text to be compressed. */
  #plain: Uint8Array = new Uint8Array(0);

  constructor(library: Library) {
    this.#library = library;
  }

  async answer<N extends RequestName>(request: Request<N>): Promise<Reply<N>> {
    try {
      const handler = this.#handlers[request.do] as Handlers[N];
      return { reply: await handler(request) };
    } catch (error) {
      return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
    }
  }

  readonly #handlers: Handlers = {
    hello: () => this.#abilities(),
    build: ({ workload }) => {
      this.#population = new Population(this.#library, workload);
      return {};
    },
    change: ({ selection }) => {
      this.#population?.change(selection);
      return {};
    },
    dump: async ({ task, path }) => {
      const rendered = await this.#tasks[task]();
      await Deno.writeFile(path, new Blob([...piecesOf(rendered)]).stream());
      this.#library.release?.(rendered);
      return {};
    },
    time: async ({ task, selections, path, ...repetition }) => {
      const text = path === undefined ? "" : await Deno.readTextFile(path);
      const before = async (run: number) => {
        const selection = selections[run % selections.length];
        if (selection !== undefined) this.#population?.change(selection);
        if (task === "zlib") this.#plain = await this.#render();
      };
      let size = 0;
      const times = await timeRuns(
        async () => size = await this.#do(task, text),
        before,
        repetition,
      );
      return { times, size };
    },
    serve: async () => ({ port: await this.#library.serve!() }),
    operate: async ({ operation, seconds }) => {
      const { run, sample } = this.#library.operations[operation]!();
      const { times, done } = timeOperation(run, seconds);
      return { times, done, counted: await this.#count(sample) };
    },
    watch: () => {
      this.#watch.start();
      return {};
    },
    held: () => ({ longest: this.#watch.stop() }),
    memory: async ({ workload, frugal }) => {
      if (frugal) this.#library.saveMemory?.();
      // Memory for code and one-time setup must not count as memory of series.
      await this.#do("gzip", "");
      const before = await settledMemory();
      this.#buildOnly(workload);
      await this.#do("gzip", "");
      return { bytes: await settledMemory() - before };
    },
  };

  readonly #tasks: Record<Exclude<Task, "zlib" | "parse">, () => Promise<Rendered>> = {
    render: () => this.#library.render(),
    encode: async () => new TextEncoder().encode(await this.#library.render() as string),
    gzip: () => this.#library.gzip!(),
    protobuf: () => this.#library.protobuf!(),
  };

  /** Runs a task once, and returns the size of its result. */
  async #do(task: Task, text: string): Promise<number> {
    if (task === "parse") return this.#library.parse!(text);
    if (task === "zlib") return gzipSync(this.#plain, { level: 1 }).length;
    const rendered = await this.#tasks[task]();
    const size = sizeOf(rendered);
    this.#library.release?.(rendered);
    return size;
  }

  /** Renders the text, in one piece. */
  async #render(): Promise<Uint8Array> {
    const rendered = await this.#library.render();
    const bytes = await new Blob([...piecesOf(rendered)]).bytes();
    this.#library.release?.(rendered);
    return bytes;
  }

  #abilities(): Abilities {
    const { produces, operations, collect, gzip, protobuf, parse, serve } = this.#library;
    const tasks: Record<Task, boolean> = {
      render: true,
      encode: produces === "string",
      gzip: gzip !== undefined,
      protobuf: protobuf !== undefined,
      zlib: true,
      parse: parse !== undefined,
    };
    return {
      produces,
      runtime: `Deno ${Deno.version.deno}`,
      kinds: ["counter", "histogram", ...(collect ? ["fresh", "declared"] as const : [])],
      tasks: TASKS.filter((task) => tasks[task]),
      operations: OPERATIONS.filter((operation) => operation in operations),
      serves: serve !== undefined,
      resizes: true,
      introspects: true,
    };
  }

  /** Returns the sum of all exposed samples with a name. */
  async #count(sample: string): Promise<number> {
    const text = new TextDecoder().decode(await this.#render());
    let sum = 0;
    for (const line of text.split("\n")) {
      if (line.startsWith(`${sample}{`) || line.startsWith(`${sample} `)) {
        sum += Number(line.slice(line.lastIndexOf(" ")));
      }
    }
    return sum;
  }

  /** Creates counters without keeping their children. */
  #buildOnly({ labels, families, series }: Workload): void {
    for (const { name, help, offset } of families) {
      const child = this.#library.counter(name, help, labels);
      for (const { values: [method, route, status], start } of series) {
        child({ method: method!, route: route!, status: status! }).inc(start + offset);
      }
    }
  }
}

/** The maximum number of garbage collections. */
const MOST_COLLECTIONS = 50;

/** Returns the memory in use once garbage collections free no more. */
async function settledMemory(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("Cannot measure memory: --v8-flags=--expose-gc is missing");
  let least = Infinity;
  for (let vain = 0, i = 0; vain < 3 && i < MOST_COLLECTIONS; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { heapUsed, external } = Deno.memoryUsage();
    const used = heapUsed + external;
    vain = used < least * 0.999 ? 0 : vain + 1;
    least = Math.min(least, used);
  }
  return least;
}
