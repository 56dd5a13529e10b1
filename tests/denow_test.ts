import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const WRAPPER = await Deno.readTextFile(new URL("../denow", import.meta.url));
const PINNED = /^pinned=(.+)$/m.exec(WRAPPER)?.[1] ?? "";
const [MAJOR = 0, MINOR = 0, PATCH = 0] = PINNED.split(".").map(Number);

/** What the wrapper needs of a system besides Deno or npm. */
const TOOLS = ["awk", "cp", "dirname", "mkdir", "mktemp", "mv", "readlink", "rm", "sed", "sh"];

/** Prints how it was called; the probe, which is its only `eval`, ends as the test says. */
const fakeDeno = (version: string) =>
  `#!/bin/sh
case $1 in
  --version) echo "deno ${version} (stable, release, x86_64-unknown-linux-gnu)" ;;
  eval) exit "\${PROBE_STATUS-1}" ;;
  fail) exit 7 ;;
  *) printf '%s\\n' "deno=$0" "jsr=\${JSR_URL-}" "cwd=$PWD" "$@" ;;
esac
`;

/** Unpacks `installed-deno` the way npm unpacks the platform's package. */
const FAKE_NPM = `#!/bin/sh
while [ "$1" != --prefix ]; do shift; done
mkdir -p "$2/node_modules/@deno/linux"
cp "\${0%/*}/installed-deno" "$2/node_modules/@deno/linux/deno"
`;

interface Outcome {
  code: number;
  lines: string[];
  error: string;
}

/** A copy of the wrapper in a folder of its own, with a PATH on which only `programs` are found. */
class Sandbox implements AsyncDisposable {
  /** The folder from which {@linkcode Sandbox.run} runs the wrapper. */
  readonly caller: string;
  readonly home: string;

  constructor(caller: string, home: string) {
    this.caller = caller;
    this.home = home;
  }

  static async create(
    programs: Record<string, string>,
    options: { folder?: string } = {},
  ): Promise<Sandbox> {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "denow " }));
    const sandbox = new Sandbox(root, `${root}/${options.folder ?? "home"}`);
    await Deno.mkdir(`${root}/bin`);
    await Deno.mkdir(sandbox.home);
    for (const tool of TOOLS) await Deno.symlink(await which(tool), `${root}/bin/${tool}`);
    await sandbox.write(`${sandbox.home}/denow`, WRAPPER);
    for (const [name, text] of Object.entries(programs)) await sandbox.program(name, text);
    return sandbox;
  }

  async program(name: string, text: string): Promise<void> {
    await this.write(`${this.caller}/bin/${name}`, text);
  }

  async write(path: string, text: string): Promise<void> {
    await Deno.writeTextFile(path, text, { mode: 0o755 });
  }

  async remove(name: string): Promise<void> {
    await Deno.remove(`${this.caller}/bin/${name}`);
  }

  async run(
    args: string[] = ["run"],
    options: { env?: Record<string, string>; script?: string } = {},
  ): Promise<Outcome> {
    const { code, stdout, stderr } = await new Deno.Command(
      options.script ?? `${this.home}/denow`,
      {
        args,
        cwd: this.caller,
        clearEnv: true,
        env: { PATH: `${this.caller}/bin`, ...options.env },
      },
    ).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, lines: decode(stdout).trimEnd().split("\n"), error: decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.caller, { recursive: true });
  }
}

async function which(tool: string): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/${tool}`;
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  throw new Error(`Cannot find "${tool}" on the PATH`);
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.build.os === "windows", fn });
}

for (
  const version of [PINNED, `${MAJOR}.${MINOR}.${PATCH + 4}`, `${MAJOR}.${MINOR + 1}.0`]
) {
  test(`denow uses deno ${version} on the PATH`, async () => {
    await using sandbox = await Sandbox.create({ deno: fakeDeno(version), npm: "exit 1" });
    const { lines } = await sandbox.run();
    assertEquals(lines[0], `deno=${sandbox.caller}/bin/deno`);
  });
}

for (
  const [what, script] of [
    ["an older minor version", fakeDeno(`${MAJOR}.${MINOR - 1}.99`)],
    ["an older patch", fakeDeno(`${MAJOR}.${MINOR}.${PATCH - 1}`)],
    ["another major version", fakeDeno(`${MAJOR + 1}.${MINOR}.${PATCH}`)],
    ["a program that does not start", "#!/bin/sh\nexit 1\n"],
  ] as const
) {
  test(`denow installs the pinned version where deno is ${what}`, async () => {
    await using sandbox = await Sandbox.create({
      deno: script,
      npm: FAKE_NPM,
      "installed-deno": fakeDeno(PINNED),
    });
    const { lines } = await sandbox.run();
    assertEquals(lines[0], `deno=${sandbox.home}/.deno/deno-${PINNED}`);
  });
}

test("denow installs once and leaves nothing else behind", async () => {
  await using sandbox = await Sandbox.create({
    npm: FAKE_NPM,
    "installed-deno": fakeDeno(PINNED),
  });
  await sandbox.run();
  await sandbox.remove("npm");
  const { code, error } = await sandbox.run();
  assertEquals({ code, error }, { code: 0, error: "" });
  const names = Array.from(Deno.readDirSync(`${sandbox.home}/.deno`), ({ name }) => name);
  assertEquals(names, [`deno-${PINNED}`]);
});

test("denow says what is needed without deno and npm", async () => {
  await using sandbox = await Sandbox.create({});
  const { code, error } = await sandbox.run();
  assertEquals(code, 1);
  assertMatch(error, /^denow: Cannot find Deno \S+ or newer, nor npm to install it: .+\n$/);
});

test("denow says so and cleans up when npm fails", async () => {
  await using sandbox = await Sandbox.create({ npm: "#!/bin/sh\nexit 1\n" });
  const { code, error } = await sandbox.run();
  assertEquals(code, 1);
  assertStringIncludes(error, `denow: Cannot install Deno ${PINNED}: "npm install deno@${PINNED}"`);
  assertEquals([...Deno.readDirSync(`${sandbox.home}/.deno`)], []);
});

test("denow says so when npm has no program for the machine", async () => {
  await using sandbox = await Sandbox.create({ npm: "#!/bin/sh\nexit 0\n" });
  const { code, error } = await sandbox.run();
  assertEquals(code, 1);
  assertStringIncludes(error, "no program for this kind of machine");
});

test("denow keeps arguments, the working directory and the exit status", async () => {
  await using sandbox = await Sandbox.create({ deno: fakeDeno(PINNED) });
  const { lines } = await sandbox.run(["run", "a b", "", "$HOME *"]);
  assertEquals(lines.slice(2), [`cwd=${sandbox.caller}`, "run", "a b", "", "$HOME *"]);
  assertEquals((await sandbox.run(["fail"])).code, 7);
});

test("denow finds its folder through a symbolic link", async () => {
  await using sandbox = await Sandbox.create({ deno: fakeDeno(PINNED) });
  const script = `${sandbox.caller}/link`;
  await Deno.symlink("home/denow", script);
  const { lines } = await sandbox.run(["run"], { script });
  assertEquals(lines[1], `jsr=${fileUrl(sandbox.home)}/offline/jsr/`);
});

test("denow uses the stand-ins where JSR cannot be reached", async () => {
  await using sandbox = await Sandbox.create({ deno: fakeDeno(PINNED) }, { folder: "50% #1?" });
  const { lines } = await sandbox.run(["run"], { env: { PROBE_STATUS: "1" } });
  assertEquals(lines[1], `jsr=${fileUrl(sandbox.home)}/offline/jsr/`);
});

test("denow uses JSR where it can be reached", async () => {
  await using sandbox = await Sandbox.create({ deno: fakeDeno(PINNED) });
  const { lines } = await sandbox.run(["run"], { env: { PROBE_STATUS: "0" } });
  assertEquals(lines[1], "jsr=");
});

test("denow obeys DENOW_OFFLINE instead of probing", async () => {
  await using sandbox = await Sandbox.create({ deno: fakeDeno(PINNED) });
  const forced = await sandbox.run(["run"], { env: { DENOW_OFFLINE: "1", PROBE_STATUS: "0" } });
  assertEquals(forced.lines[1], `jsr=${fileUrl(sandbox.home)}/offline/jsr/`);
  const online = await sandbox.run(["run"], { env: { DENOW_OFFLINE: "0", PROBE_STATUS: "1" } });
  assertEquals(online.lines[1], "jsr=");
});

test("denow leaves a JSR_URL alone", async () => {
  await using sandbox = await Sandbox.create({ deno: fakeDeno(PINNED) });
  const env = { JSR_URL: "https://jsr.example/", DENOW_OFFLINE: "1" };
  assertEquals((await sandbox.run(["run"], { env })).lines[1], "jsr=https://jsr.example/");
});

/** The URL of a path, in which only what would change its meaning has to be encoded. */
function fileUrl(path: string): string {
  const codes: Record<string, string> = { "%": "%25", " ": "%20", "#": "%23", "?": "%3F" };
  return `file://${path.replaceAll(/[% #?]/g, (character) => codes[character] ?? character)}`;
}
