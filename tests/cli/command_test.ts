import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { parseCommand, usage } from "../../cli/command.ts";

Deno.test("parseCommand() omits options that are not given", () => {
  assertEquals(parseCommand([]), { mode: "serve", options: {} });
});

for (
  const [args, options] of [
    ["-p 0", { listenPort: 0 }],
    ["-p65535", { listenPort: 65535 }],
    ["--port 9100", { listenPort: 9100 }],
    ["--port=9100", { listenPort: 9100 }],
    ["--listen-port 9100", { listenPort: 9100 }],
    ["-a 127.0.0.2", { listenIp: "127.0.0.2" }],
    ["--address localhost", { listenIp: "localhost" }],
    ["-a ::1", { listenIp: "::1" }],
    ["--address=[::1]", { listenIp: "::1" }],
    ["--listen-ip localhost", { listenIp: "localhost" }],
    ["-v", { logLevel: "debug" }],
    ["--verbose", { logLevel: "debug" }],
    ["some.toml", { configFile: "some.toml" }],
    ["-- -p", { configFile: "-p" }],
    ["-vp 1 some.toml -a ::", {
      configFile: "some.toml",
      listenPort: 1,
      listenIp: "::",
      logLevel: "debug",
    }],
  ] as const
) {
  Deno.test(`parseCommand() reads "${args}"`, () => {
    assertEquals(parseCommand(args.split(" ")), { mode: "serve", options });
  });
}

for (
  const [args, mode] of [
    ["--once", "once"],
    ["--check-config", "check"],
    ["--version", "version"],
    ["--help", "help"],
    ["--once --version", "version"],
    ["--check-config --version --help", "help"],
  ] as const
) {
  Deno.test(`parseCommand() selects the mode for "${args}"`, () => {
    assertEquals(parseCommand(args.split(" ")), { mode, options: {} });
  });
}

for (
  const [args, message] of [
    ["--prot 1", 'Unknown option "--prot", did you mean "--port"?'],
    ["--check-confg", 'Unknown option "--check-confg", did you mean "--check-config"?'],
    ["--frobnicate", 'Unknown option "--frobnicate"'],
    ["--it's", `Unknown option "--it's"`],
    ["--\u001b[31m", String.raw`Unknown option "--\u001b[31m"`],
    ["-x", 'Unknown option "-x"'],
    ["-vx", 'Unknown option "-x"'],
    ["-p", "Option '-p, --port <value>' argument missing"],
    ["-p -v", "Option '-p' argument is ambiguous"],
    ["--once=1", "Option '--once' does not take an argument"],
    ["-p x", 'Expected "--port" to be an integer from 0 to 65535, got "x"'],
    ["-p 65536", 'Expected "--port" to be an integer from 0 to 65535, got "65536"'],
    ["-p 1e3", 'Expected "--port" to be an integer from 0 to 65535, got "1e3"'],
    ["--port=-1", 'Expected "--port" to be an integer from 0 to 65535, got "-1"'],
    ["--port=", 'Expected "--port" to be an integer from 0 to 65535, got ""'],
    ["-a 1.2.3", 'Expected "--address" to be a host name or an IP address, got "1.2.3"'],
    ["-a [::1]:80", 'Expected "--address" to be a host name or an IP address, got "[::1]:80"'],
    ["--listen-port x", 'Expected "--listen-port" to be an integer from 0 to 65535, got "x"'],
    ["--listen-ip a_b!", 'Expected "--listen-ip" to be a host name or an IP address, got "a_b!"'],
    ["-p 1 --listen-port 1", 'Cannot use "--port" and "--listen-port" together'],
    ["-a ::1 --listen-ip ::1", 'Cannot use "--address" and "--listen-ip" together'],
    ["--listen-prot 1", 'Unknown option "--listen-prot", did you mean "--listen-port"?'],
    ["a.toml b.toml", 'Expected one configuration file, got "b.toml" as well'],
    ["--cost 10", 'Cannot use "--cost" without "hash-password"'],
    ["hash-password --cost 3", 'Expected "--cost" to be an integer from 4 to 18, got "3"'],
    ["hash-password --cost=1e1", 'Expected "--cost" to be an integer from 4 to 18, got "1e1"'],
    ["--web.config.file=", 'Expected "--web.config.file" to be a file name'],
    ["--web.config.file", "Option '--web.config.file <value>' argument missing"],
    ["--once --check-config", 'Cannot use "--check-config" and "--once" together'],
  ] as const
) {
  Deno.test(`parseCommand() rejects ${JSON.stringify(args)}`, () => {
    const error = assertThrows(() => parseCommand(args.split(" ")), UsageError);
    assertEquals(error.message, message);
  });
}

Deno.test("usage() lists every option", () => {
  const text = usage("doors.ts");
  assertEquals(text.split("\n")[0], "Usage: doors.ts [options] [config_file]");
  for (
    const option of [
      "-p, --port",
      "-a, --address",
      "--web.config.file",
      "-v, --verbose",
      "--cost",
      "--check-config",
      "--once",
      "--version",
      "-h, --help",
    ]
  ) {
    assertStringIncludes(text, `  ${option} `);
  }
});

Deno.test("parseCommand() reads --check-config=run", () => {
  assertEquals(parseCommand(["--check-config=run", "a.toml"]), {
    mode: "check",
    options: { configFile: "a.toml" },
    runsCollectors: true,
  });
  assertThrows(() => parseCommand(["--check-config=x"]), UsageError, 'got "--check-config=x"');
});

for (
  const [args, target] of [[["lint"], "-"], [["lint", "-"], "-"], [
    ["lint", "a.txt"],
    "a.txt",
  ]] as const
) {
  Deno.test(`parseCommand() reads ${JSON.stringify(args)} as lint`, () => {
    assertEquals(parseCommand(args), { mode: "lint", options: {}, target });
  });
}

for (const args of [["--web.config.file", "web.yml"], ["--web.config.file=web.yml"]]) {
  Deno.test(`parseCommand() reads ${JSON.stringify(args)}`, () => {
    assertEquals(parseCommand([...args, "a.toml"]), {
      mode: "serve",
      options: { configFile: "a.toml" },
      webConfigFile: "web.yml",
    });
  });
}

for (
  const [args, cost] of [[["hash-password"], 10], [["hash-password", "--cost", "12"], 12]] as const
) {
  Deno.test(`parseCommand() reads ${JSON.stringify(args)} as hash`, () => {
    assertEquals(parseCommand(args), { mode: "hash", options: {}, cost });
  });
}
