import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { until } from "../support/until.ts";
import { Reading } from "./reading.ts";
import { QUICK, report, Target } from "./target.ts";

const LARGE = `/metrics?${QUICK}`;
const CONFIGURED = "/metrics?collect[]=default&name[]=doors_open&name[]=windows_open";
const RELOADED = `/metrics?${QUICK}&name[]=exporter_config_last_reload_successful`;

/** Seconds of patience at shutdown. */
const PATIENCE = 1;

const ENDED_WELL = { success: true, code: 0, signal: null };

function config(value: number): string {
  return ["doors", "windows"].map((name) => `[metrics.${name}_open]\nvalue = ${value}\n`).join("");
}

function exposed(value: number): string {
  return ["doors", "windows"].map((name) => `# TYPE ${name}_open untyped\n${name}_open ${value}\n`)
    .join("");
}

/** A configuration file in a folder of its own. */
class ConfigFile implements Disposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly path = `${this.#folder}/config.toml`;

  /** Puts a file in its place, in one step. */
  replace(text: string): void {
    Deno.writeTextFileSync(`${this.path}.new`, text);
    this.remove();
    Deno.renameSync(`${this.path}.new`, this.path);
  }

  remove(): void {
    try {
      Deno.removeSync(this.path, { recursive: true });
    } catch {
      // There is none.
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function startWith(file: ConfigFile): Promise<Target> {
  file.replace(config(0));
  return Target.start({
    exporter: { series: 100, configFile: file.path, shutdownTimeout: PATIENCE },
  });
}

Deno.test("a hundred SIGHUPs during scrapes expose one configuration or the next, never a mixture", async () => {
  using file = new ConfigFile();
  await using target = await startWith(file);
  let value = 0;
  let isOver = false;
  const scrapes = (async () => {
    let count = 0;
    while (!isOver) {
      const [status, text] = await target.get(CONFIGURED);
      assertEquals(status, 200);
      const [, seen] = /doors_open (\d+)/.exec(text)!;
      assertEquals(text, exposed(Number(seen)));
      assertLess(Number(seen), value + 1);
      count++;
    }
    return count;
  })();
  while (value < 100) {
    Deno.writeTextFileSync(`${file.path}.new`, config(++value));
    Deno.renameSync(`${file.path}.new`, file.path);
    target.program.kill("SIGHUP");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until("the last configuration", async () => {
    return (await target.get(CONFIGURED))[1] === exposed(100);
  });
  isOver = true;
  assertGreater(await scrapes, 10);
  assertEquals(target.program.count(/level=(?:warn|error)/), 0);
});

const MIB = 1024 * 1024;

const BROKEN: Readonly<Record<string, (path: string) => void>> = {
  "that is cut off in the middle": (path) =>
    Deno.writeTextFileSync(path, config(1).slice(0, -config(1).length / 4)),
  "that is not TOML": (path) => Deno.writeTextFileSync(path, "\0\x01\x02"),
  "that is not UTF-8": (path) => Deno.writeFileSync(path, new Uint8Array([0x61, 0xff])),
  "that is gone": () => {},
  "that is a folder": (path) => Deno.mkdirSync(path),
  "that is a pipe": (path) => void new Deno.Command("mkfifo", { args: [path] }).outputSync(),
  "that is an endless device": (path) => Deno.symlinkSync("/dev/zero", path),
  "that links to nothing": (path) => Deno.symlinkSync(`${path}.none`, path),
  "that links to itself": (path) => Deno.symlinkSync(path, path),
  "that is too large": (path) => Deno.writeTextFileSync(path, "#".repeat(2 * MIB)),
  // The superuser may read it.
  ...(Deno.uid() !== 0 && {
    "that may not be read": (path: string) => Deno.writeTextFileSync(path, "", { mode: 0 }),
  }),
};

Deno.test("a configuration file that breaks leaves the last good configuration in effect", async (t) => {
  using file = new ConfigFile();
  await using target = await startWith(file);
  let failures = 0;
  for (const [what, make] of Object.entries(BROKEN)) {
    await t.step(`a file ${what}`, async () => {
      file.remove();
      make(file.path);
      for (let i = 0; i < 5; i++) {
        target.program.kill("SIGHUP");
        failures++;
        await until("a failure in the log", () => {
          return target.program.count(/level=error .*msg="configuration not reloaded"/) ===
            failures;
        });
        assertLess(await target.healthTime(), 1);
      }
      assertEquals(await target.get(CONFIGURED), [200, exposed(0)]);
      assertEquals((await target.get(RELOADED))[1].endsWith("_successful 0\n"), true);
    });
  }
  await t.step("until it is good again", async () => {
    file.replace(config(2));
    target.program.kill("SIGHUP");
    await until("the configuration", async () => {
      return (await target.get(CONFIGURED))[1] === exposed(2);
    });
    assertEquals((await target.get(RELOADED))[1].endsWith("_successful 1\n"), true);
  });
});

/** Starts an exporter with stalled readers and a scrape that takes a while. */
async function startBusy(): Promise<
  AsyncDisposable & { target: Target; slow: Promise<[number, string]> }
> {
  const target = await Target.start({ exporter: { shutdownTimeout: PATIENCE } });
  const readings = await Promise.all(Array.from({ length: 20 }, () => Reading.open(target, LARGE)));
  for (const reading of readings) await reading.read({ bytes: 1 });
  const slow = target.get("/metrics?collect[]=slow&name[]=slow");
  slow.catch(() => {});
  await target.get("/-/healthy");
  return {
    target,
    slow,
    async [Symbol.asyncDispose]() {
      for (const reading of readings) reading.close();
      await target[Symbol.asyncDispose]();
    },
  };
}

Deno.test("SIGTERM during scrapes with stalled readers ends the process in time, with status 0", async () => {
  await using busy = await startBusy();
  const { program } = busy.target;
  const began = performance.now();
  program.kill("SIGTERM");
  const [status, text] = await busy.slow;
  assertEquals([status, text.includes("\nslow 1\n")], [200, true]);
  assertEquals(await program.status(), ENDED_WELL);
  const seconds = (performance.now() - began) / 1000;
  report("SIGTERM with 20 stalled readers and a timeout of 1 s: end", seconds, "s");
  assertLess(seconds, 2 * PATIENCE + 2);
});

Deno.test("a second SIGTERM ends the process at once", async () => {
  await using busy = await startBusy();
  const { program } = busy.target;
  program.kill("SIGTERM");
  await program.line(/msg="shutting down"/);
  program.kill("SIGTERM");
  assertEquals(await program.status(), { success: false, code: 143, signal: "SIGTERM" });
});

Deno.test("SIGTERM amid a storm of SIGHUPs during scrapes ends the process in time, with status 0", async () => {
  using file = new ConfigFile();
  await using target = await startWith(file);
  const scrapes = Array.from(
    { length: 10 },
    () => target.get("/metrics?collect[]=slow&name[]=slow"),
  );
  const outcomes = Promise.allSettled(scrapes);
  await target.get("/-/healthy");
  for (let i = 0; i < 100; i++) {
    try {
      target.program.kill(i === 20 ? "SIGTERM" : "SIGHUP");
    } catch {
      break; // It has ended.
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  for (const outcome of await outcomes) {
    assertEquals(outcome.status === "fulfilled" && outcome.value[0], 200);
  }
  assertEquals(await target.program.status(), ENDED_WELL);
});
