import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Logger } from "@std/log";
import { Labels } from "../labels.ts";
import {
  configureLogger,
  createLogger,
  type CreateLoggerOptions,
  LOG_FORMATS,
  LOG_LEVELS,
} from "../log.ts";

/** A logger that keeps its lines, with a time that does not change. */
function makeLogger(options: CreateLoggerOptions = {}): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/, "NOW"));
  };
  return { logger: createLogger("exporter", { ...options, write }) as Logger, lines };
}

function textOf(...args: unknown[]): string {
  const { logger, lines } = makeLogger();
  logger.warn("m", ...args);
  return lines.join("\n").replace("time=NOW level=warn logger=exporter msg=m", "").trimStart();
}

function jsonOf(...args: unknown[]): string {
  const { logger, lines } = makeLogger({ format: "json" });
  logger.warn("m", ...args);
  return lines.join("\n")
    .replace('{"time":"NOW","level":"warn","logger":"exporter","msg":"m"', "{").replace("{,", "{");
}

Deno.test("createLogger() writes logfmt by default", () => {
  const { logger, lines } = makeLogger();
  logger.warn("collector failed", { collector: "disk", error: new RangeError("no such disk") });
  assertEquals(lines, [
    'time=NOW level=warn logger=exporter msg="collector failed" collector=disk error="RangeError: no such disk"',
  ]);
});

Deno.test("createLogger() writes the same fields as JSON", () => {
  const { logger, lines } = makeLogger({ format: "json" });
  logger.warn("collector failed", { collector: "disk", error: new RangeError("no such disk") });
  assertEquals(lines, [
    '{"time":"NOW","level":"warn","logger":"exporter","msg":"collector failed","collector":"disk","error":"RangeError: no such disk"}',
  ]);
});

Deno.test("createLogger() stamps records with the time in UTC", () => {
  const lines: string[] = [];
  createLogger("exporter", { write: (line) => lines.push(line) }).info("started");
  assertMatch(lines[0]!, /^time=20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info /);
});

for (
  const [level, expected] of [
    [undefined, ["info", "warn", "error", "critical"]],
    ["debug", ["debug", "info", "warn", "error", "critical"]],
    ["warn", ["warn", "error", "critical"]],
    ["critical", ["critical"]],
  ] as const
) {
  Deno.test(`createLogger() logs ${expected.join(", ")} at level ${level}`, () => {
    const { logger, lines } = makeLogger(level && { level });
    for (const name of LOG_LEVELS) logger[name]("m");
    assertEquals(lines, expected.map((name) => `time=NOW level=${name} logger=exporter msg=m`));
  });
}

Deno.test("createLogger() does not evaluate a message that is not logged", () => {
  const { logger } = makeLogger();
  let evaluated = false;
  logger.debug(() => evaluated = true);
  assertEquals(evaluated, false);
});

for (
  const [options, message] of [
    [
      { level: "loud" },
      'Cannot set log level "loud": expected one of debug, info, warn, error, critical',
    ],
    [
      { level: "constructor" },
      'Cannot set log level "constructor": expected one of debug, info, warn, error, critical',
    ],
    [{ format: "xml" }, 'Cannot set log format "xml": expected one of text, json'],
  ] as const
) {
  Deno.test(`createLogger() rejects ${JSON.stringify(options)}`, () => {
    assertThrows(
      () => createLogger("x", options as unknown as CreateLoggerOptions),
      RangeError,
      message,
    );
  });
}

Deno.test("createLogger() calls the writer with nothing but the line", () => {
  const calls: unknown[][] = [];
  createLogger("exporter", { write: (...args: unknown[]) => calls.push(args) }).info("m");
  assertEquals(calls.map((args) => args.length), [1]);
});

Deno.test("createLogger() ignores errors of the writer", () => {
  const logger = createLogger("exporter", {
    write() {
      throw new Error("closed");
    },
  });
  assertEquals(logger.warn("m"), "m");
});

Deno.test("createLogger() writes to standard error", async () => {
  const code = `import { createLogger } from ${JSON.stringify(import.meta.resolve("../log.ts"))};
    createLogger("exporter").info("started", { port: 9999 });`;
  const { stdout, stderr } = await runCode(code);
  assertEquals(stdout, "");
  assertMatch(stderr, /^time=\S+ level=info logger=exporter msg=started port=9999\n$/);
});

Deno.test("createLogger() ignores that standard error is closed", async () => {
  const code = `import { createLogger } from ${JSON.stringify(import.meta.resolve("../log.ts"))};
    Deno.stderr.close();
    createLogger("exporter").info("started");
    console.log("still running");`;
  const { stdout } = await runCode(code);
  assertEquals(stdout, "still running\n");
});

for (
  const [end, code] of [
    ["Deno.exit()", "Deno.exit(1);"],
    ["an error", 'throw new Error("failed");'],
    ["a rejection", 'Promise.reject(new Error("failed"));'],
    ["an error in a callback", 'setTimeout(() => { log(); throw new Error("failed"); }, 1);'],
  ] as const
) {
  Deno.test(`createLogger() writes lines that are followed by ${end}`, async () => {
    const { stderr } = await runCode(`
      import { createLogger } from ${JSON.stringify(import.meta.resolve("../log.ts"))};
      const logger = createLogger("exporter");
      let count = 0;
      function log() {
        for (let i = 0; i < 1000; i++) logger.info(\`line \${count++}\`);
      }
      log();
      ${code}`);
    const numbers = Array.from(stderr.matchAll(/msg="line (\d+)"/g), ([, number]) => Number(number))
      // The first line is written by a thread, which on a busy machine can be late.
      .filter((number) => number % 1000 > 0);
    assertEquals(numbers.length, code.includes("log()") ? 1998 : 999);
    assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  });
}

Deno.test("createLogger() drops lines that nobody reads, and flushLog() gives up", async () => {
  const code = `
    import { createLogger, droppedLogLines, flushLog } from ${
    JSON.stringify(import.meta.resolve("../log.ts"))
  };
    const logger = createLogger("exporter");
    for (let i = 0; i < 3000; i++) {
      logger.info("x".repeat(1000));
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    console.log(droppedLogLines() > 0, await flushLog(0.01));
    await new Response(Deno.stdin.readable).text();
    console.log(await flushLog(10));
    logger.info("the end");
    await flushLog(10);`;
  await using program = runProgram(code);
  const output = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await output.read()).value, "true false\n");
  const errors = new Response(program.stderr).text();
  await program.stdin.close();
  const lines = (await errors).trimEnd().split("\n");
  assertEquals((await output.read()).value, "true\n");
  await output.cancel();
  assertMatch(lines.at(-1)!, /msg="the end"$/);
  const dropped = /level=warn .* msg="log lines dropped, .*" lines=(\d+)$/.exec(lines.at(-2)!)?.[1];
  assertEquals(lines.length - 2 + Number(dropped), 3000);
});

async function runCode(code: string): Promise<{ stdout: string; stderr: string }> {
  await using program = runProgram(code);
  const [stdout, stderr] = await Promise.all([
    new Response(program.stdout).text(),
    new Response(program.stderr).text(),
    program.stdin.close(),
  ]);
  return { stdout, stderr };
}

function runProgram(code: string): Deno.ChildProcess {
  const config = new URL("../deno.json", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--config", config, "--ext=ts", code],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("configureLogger() changes level and format", () => {
  const { logger, lines } = makeLogger();
  configureLogger(logger, { level: "debug", format: "json" });
  logger.debug("m");
  configureLogger(logger, { format: "text" });
  logger.debug("m");
  assertEquals(lines, [
    '{"time":"NOW","level":"debug","logger":"exporter","msg":"m"}',
    "time=NOW level=debug logger=exporter msg=m",
  ]);
});

Deno.test("configureLogger() rejects a logger that createLogger() did not create", () => {
  for (const logger of [console, new Logger("app", "INFO")]) {
    assertThrows(
      () => configureLogger(logger, { level: "debug" }),
      TypeError,
      "Cannot configure logger: expected a logger that createLogger created",
    );
  }
});

Deno.test("configureLogger() changes nothing if one setting is invalid", () => {
  const { logger } = makeLogger();
  const settings = { level: "debug", format: "xml" } as unknown as CreateLoggerOptions;
  assertThrows(() => configureLogger(logger, settings), RangeError);
  assertEquals(logger.levelName, "INFO");
});

class Point {
  x = 1;
}

for (
  const [title, value, text, json] of [
    ["a word", "disk", "disk", '"disk"'],
    ["a URL", "http://127.0.0.1:9999/?a", "http://127.0.0.1:9999/?a", undefined],
    ["several words", "no disk", '"no disk"', '"no disk"'],
    ["an empty string", "", '""', '""'],
    ["a quote", 'a"b', '"a\\"b"', '"a\\"b"'],
    ["a backslash", "a\\b", '"a\\\\b"', '"a\\\\b"'],
    ["an equals sign", "a=b", '"a=b"', '"a=b"'],
    ["a letter outside ASCII", "é", '"é"', '"é"'],
    ["line breaks", "a\nb\r\nc", '"a\\nb\\r\\nc"', '"a\\nb\\r\\nc"'],
    ["separators of Unicode", "a\u2028b\u2029c\u0085d", '"a\\u2028b\\u2029c\\u0085d"', undefined],
    ["a terminal's escape", "\x1b[31mred\x9b", '"\\u001b[31mred\\u009b"', undefined],
    ["a change of direction", "a\u202eb", '"a\\u202eb"', '"a\\u202eb"'],
    ["an invisible tag", "a\u{e0041}", '"a\\udb40\\udc41"', '"a\\udb40\\udc41"'],
    ["a lone surrogate", "\ud800", '"\\ud800"', '"\\ud800"'],
    ["NUL and DEL", "\0\x7f", '"\\u0000\\u007f"', '"\\u0000\\u007f"'],
    ["a number", 0.25, "0.25", "0.25"],
    ["no number", NaN, "NaN", '"NaN"'],
    ["an infinity", -Infinity, "-Infinity", '"-Infinity"'],
    ["a bigint", 2n ** 64n, "18446744073709551616", '"18446744073709551616"'],
    ["a boolean", true, "true", "true"],
    ["null", null, "null", "null"],
    ["a symbol", Symbol("s"), "Symbol(s)", '"Symbol(s)"'],
    ["a function", function f() {}, '"[function f]"', '"[function f]"'],
    ["an array", [1, "a b"], '"[1,\\"a b\\"]"', '[1,"a b"]'],
    ["an object", { a: { b: 1n } }, '"{\\"a\\":{\\"b\\":\\"1\\"}}"', '{"a":{"b":"1"}}'],
    ["an instance", new Point(), '"{\\"x\\":1}"', '{"x":1}'],
    ["a map", new Map([["a", 1]]), '"{\\"a\\":1}"', '{"a":1}'],
    ["labels", new Labels({ a: "b" }), '"{\\"a\\":\\"b\\"}"', '{"a":"b"}'],
    ["a set", new Set([1]), "[1]", "[1]"],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z", '"1970-01-01T00:00:00.000Z"'],
    ["an invalid date", new Date(NaN), "null", "null"],
    ["an address", new URL("http://localhost/"), "http://localhost/", '"http://localhost/"'],
  ] as const
) {
  Deno.test(`createLogger() writes ${title} as a field`, () => {
    assertEquals(textOf({ x: value }), `x=${text}`);
    if (json !== undefined) assertEquals(jsonOf({ x: value }), `{"x":${json}}`);
  });
}

for (
  const [title, fields, text, json] of [
    ["leaves out a field that is undefined", { a: undefined, b: 1 }, "b=1", '{"b":1}'],
    [
      "renames fields that would hide its own",
      { time: 1, level: 2, logger: 3, msg: 4 },
      "time_=1 level_=2 logger_=3 msg_=4",
      '{"time_":1,"level_":2,"logger_":3,"msg_":4}',
    ],
    [
      "escapes the names of fields",
      { "a b": 1, "c=\n": 2, "": 3 },
      "a_b=1 c__=2 _=3",
      '{"a b":1,"c=\\n":2,"":3}',
    ],
    [
      "takes __proto__ for a name like any other",
      JSON.parse('{"__proto__":1}'),
      "__proto__=1",
      '{"__proto__":1}',
    ],
  ] as const
) {
  Deno.test(`createLogger() ${title}`, () => {
    assertEquals(textOf(fields), text);
    assertEquals(jsonOf(fields), json);
  });
}

Deno.test("createLogger() writes a message in one line", () => {
  const { logger, lines } = makeLogger();
  logger.info("a\ntime=now level=error msg=forged");
  assertEquals(lines, [
    'time=NOW level=info logger=exporter msg="a\\ntime=now level=error msg=forged"',
  ]);
});

for (
  const [title, args, expected] of [
    ["an error in place of fields", [new Error("boom")], 'error="Error: boom"'],
    ["an error after the fields", [{ a: 1 }, new Error("boom")], 'a=1 error="Error: boom"'],
    ["other values", ["x", 1], 'args="[\\"x\\",1]"'],
    ["other values after fields and error", [{ a: 1 }, new Error(), 2], "a=1 error=Error args=[2]"],
    ["an instance", [new Point()], 'args="[{\\"x\\":1}]"'],
    ["no values", [], ""],
  ] as const
) {
  Deno.test(`createLogger() keeps ${title}`, () => {
    assertEquals(textOf(...args), expected);
  });
}

function circularError(): Error {
  const error = new Error("a");
  error.cause = new Error("b", { cause: error });
  return error;
}

for (
  const [title, error, expected] of [
    ["name and message without a stack", new TypeError("a b"), '"TypeError: a b"'],
    ["a name alone without a message", new TypeError(), "TypeError"],
    [
      "its causes",
      new Error("a", { cause: new TypeError("b", { cause: "c" }) }),
      '"Error: a: caused by TypeError: b: caused by c"',
    ],
    [
      "each of a circle of causes once",
      circularError(),
      '"Error: a: caused by Error: b: caused by [circular]"',
    ],
    [
      "all errors of an aggregate",
      new AggregateError([new RangeError("b"), "c"], "a"),
      '"AggregateError: a (RangeError: b; c)"',
    ],
    ["a DOMException", new DOMException("late", "TimeoutError"), '"TimeoutError: late"'],
    ["a message of several lines", new Error("a\nb"), '"Error: a\\nb"'],
  ] as const
) {
  Deno.test(`createLogger() writes for an error ${title}`, () => {
    assertEquals(textOf({ error }), `error=${expected}`);
  });
}

const circular: Record<string, unknown> = {};
circular.self = circular;

for (
  const [title, value] of [
    ["a circular object", circular],
    ["an object whose toJSON throws", {
      toJSON() {
        throw new Error();
      },
    }],
    ["an object whose property throws", {
      get x() {
        throw new Error();
      },
    }],
    [
      "an error whose message throws",
      Object.defineProperty(new Error(), "message", {
        get() {
          throw new Error();
        },
      }),
    ],
    ["an error whose cause has no string", new Error("a", { cause: Object.create(null) })],
    ["a revoked proxy", revokedProxy()],
  ] as const
) {
  Deno.test(`createLogger() survives ${title}`, () => {
    assertEquals(textOf({ x: value, y: 1 }), "x=[unprintable] y=1");
  });
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

Deno.test("createLogger() writes a field whose getter throws", () => {
  const fields = {
    get x() {
      throw new Error();
    },
    y: 1,
  };
  assertEquals(textOf(fields), "x=[unprintable] y=1");
});

Deno.test("createLogger() cuts long texts, which others can choose", () => {
  const text = "x".repeat(8192);
  const cut = `"${text}… (8193 characters)"`;
  assertEquals(textOf({ query: text }), `query=${text}`);
  assertEquals(textOf({ query: `${text}x` }), `query=${cut}`);
  assertEquals(jsonOf({ query: `${text}x` }), `{"query":${cut}}`);
  assertEquals(
    textOf({ error: new Error("y".repeat(50_000_000)) }),
    `error="Error: ${"y".repeat(8185)}… (50000007 characters)"`,
  );
  assertEquals(
    textOf({ query: `${text.slice(1)}😀` }),
    `query="${text.slice(1)}… (8193 characters)"`,
  );
  assertEquals(textOf({ query: "\0".repeat(8192) }), `query="${"\\u0000".repeat(8192)}"`);
  const { logger, lines } = makeLogger();
  logger.warn(`${text}x`);
  assertEquals(lines, [`time=NOW level=warn logger=exporter msg=${cut}`]);
});

Deno.test("createLogger() cuts fields that are long lists", () => {
  const list = Array.from({ length: 100_000 }, (_, i) => i);
  const text = JSON.parse(jsonOf({ list })).list;
  assertEquals(text.slice(0, 8), "[0,1,2,3");
  assertEquals(text.slice(8190), ",1… (588891 characters)");
});

Deno.test("LOG_FORMATS and LOG_LEVELS have the documented values", () => {
  assertEquals(LOG_FORMATS, ["text", "json"]);
  assertEquals(LOG_LEVELS, ["debug", "info", "warn", "error", "critical"]);
});

Deno.test("createLogger() rejects unknown options", () => {
  assertThrows(
    () => createLogger("x", { levle: "debug" } as CreateLoggerOptions),
    TypeError,
    'Cannot create logger: unknown option "levle", did you mean "level"?',
  );
});
