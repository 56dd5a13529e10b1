import { hashSync } from "bcryptjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Job, Verdict } from "../../access/bcrypt_worker.ts";
import {
  PasswordChecker,
  type PasswordWorker,
  UndecidedError,
} from "../../access/password_checker.ts";
import { Program } from "../support/program.ts";
import { until } from "../support/until.ts";

/** A worker that answers when the test says so. */
class ManualWorker implements PasswordWorker {
  onmessage: ((event: MessageEvent<Verdict>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly jobs: Job[] = [];
  isTerminated = false;

  postMessage(job: Job): void {
    this.jobs.push(job);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  answer(isEqual: boolean, { id } = this.jobs.at(-1)!): void {
    this.onmessage?.(new MessageEvent("message", { data: { id, isEqual } }));
  }
}

/** A checker whose workers the test controls. */
function manual(options: { timeout?: number; idleTimeout?: number; maxWaiting?: number } = {}) {
  const workers: ManualWorker[] = [];
  const startWorker = () => {
    const worker = new ManualWorker();
    workers.push(worker);
    return worker;
  };
  const checker = new PasswordChecker({ startWorker, ...options });
  return { checker, workers, [Symbol.dispose]: () => checker.close() };
}

Deno.test("PasswordChecker.check() compares in a worker", async () => {
  const checker = new PasswordChecker();
  try {
    const hash = hashSync("grüße:1", 4);
    const answers = ["grüße:1", "grüße", "grüße:1"].map((password) =>
      checker.check(password, hash)
    );
    assertEquals(await Promise.all(answers), [true, false, true]);
    assertEquals(await checker.check("x", hash.replace("$2b$", "$2y$")), false);
    assertEquals(await checker.check("grüße:1", hash.replace("$2b$", "$2y$")), true);
  } finally {
    checker.close();
  }
});

Deno.test("PasswordChecker.check() leaves the event loop free", async () => {
  const checker = new PasswordChecker();
  try {
    const hash = hashSync("a", 4);
    await checker.check("a", hash);
    const slow = hash.replace("$04$", "$11$");
    let isDone = false;
    let turns = 0;
    const check = checker.check("a", slow).finally(() => isDone = true);
    while (!isDone) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      turns++;
    }
    await check;
    assert(turns > 10, `${turns} turns`);
  } finally {
    checker.close();
  }
});

Deno.test("PasswordChecker.check() has one comparison under way, and a limited number wait", async () => {
  using test = manual({ maxWaiting: 2 });
  const { checker, workers } = test;
  const checks = ["a", "b", "c"].map((password) => checker.check(password, "hash"));
  await assertRejects(() => checker.check("d", "hash"), UndecidedError, "too many");
  assertEquals(workers.length, 1);
  for (const isEqual of [true, false, true]) workers[0]!.answer(isEqual);
  assertEquals(await Promise.all(checks), [true, false, true]);
  assertEquals(workers[0]!.jobs.map(({ password }) => password), ["a", "b", "c"]);
});

Deno.test("PasswordChecker.check() goes on with another worker when one fails", async () => {
  using test = manual();
  const { checker, workers } = test;
  const failing = checker.check("a", "hash");
  const waiting = checker.check("b", "hash");
  const event = new ErrorEvent("error", { cancelable: true });
  workers[0]!.onerror!(event);
  await assertRejects(() => failing, UndecidedError, "the worker failed");
  assert(event.defaultPrevented && workers[0]!.isTerminated);
  workers[1]!.answer(true);
  assertEquals(await waiting, true);
});

Deno.test("PasswordChecker.check() rejects if no worker can be started", async () => {
  const checker = new PasswordChecker({
    startWorker: () => {
      throw new Error("no memory");
    },
  });
  await assertRejects(() => checker.check("a", "hash"), UndecidedError, "no worker: no memory");
  await assertRejects(() => checker.check("a", "hash"), UndecidedError, "no worker: no memory");
});

Deno.test("PasswordChecker.check() gives up after the timeout, and ends the worker", async () => {
  using test = manual({ timeout: 0.01 });
  const { checker, workers } = test;
  await assertRejects(() => checker.check("a", "hash"), UndecidedError, "takes too long");
  assert(workers[0]!.isTerminated);
});

Deno.test("PasswordChecker ignores the answer of a worker that it gave up", async () => {
  using test = manual({ timeout: 0.01 });
  const { checker, workers } = test;
  await assertRejects(() => checker.check("a", "hash"), UndecidedError);
  const check = assertRejects(() => checker.check("b", "hash"), UndecidedError, "too long");
  workers[0]!.answer(true, workers[1]!.jobs[0]);
  await check;
});

Deno.test("PasswordChecker ends a worker that is idle", async () => {
  using test = manual({ idleTimeout: 0 });
  const { checker, workers } = test;
  const check = checker.check("a", "hash");
  workers[0]!.answer(true);
  await check;
  await until("the worker to end", () => workers[0]!.isTerminated || undefined);
});

Deno.test("PasswordChecker.keepReady() starts a worker, and keeps it while it is idle", async () => {
  using test = manual({ idleTimeout: 0 });
  const { checker, workers } = test;
  checker.keepReady();
  checker.keepReady();
  assertEquals(workers.length, 1);
  for (const _ of [1, 2]) {
    const check = checker.check("a", "hash");
    workers.at(-1)!.answer(true);
    await check;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals([workers.length, workers[0]!.isTerminated], [1, false]);
  checker.close();
  checker.keepReady();
  assertEquals([workers.length, workers[0]!.isTerminated], [1, true]);
});

Deno.test("PasswordChecker.keepReady() leaves it to the first comparison to report that there is no worker", async () => {
  const checker = new PasswordChecker({
    startWorker: () => {
      throw new Error("no memory");
    },
  });
  checker.keepReady();
  await assertRejects(() => checker.check("a", "hash"), UndecidedError, "no worker: no memory");
});

Deno.test("PasswordChecker.close() ends the worker and rejects what waits", async () => {
  const { checker, workers } = manual();
  const checks = ["a", "b"].map((password) => checker.check(password, "hash"));
  checker.close();
  for (const check of checks) await assertRejects(() => check, UndecidedError, "is closed");
  await assertRejects(() => checker.check("c", "hash"), UndecidedError, "is closed");
  assert(workers[0]!.isTerminated);
});

/** Runs a program with a checker in a process of its own. Returns its exit status and what it printed. */
async function run(code: string): Promise<[status: number, output: string]> {
  const module = new URL("../../access/password_checker.ts", import.meta.url);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/main.ts`;
    await Deno.writeTextFile(file, `import { PasswordChecker } from "${module}";\n${code}`);
    await using program = Program.deno(["run", "-A", `--config=${config}`, file]);
    const { code: status, stdout } = await program.ended();
    return [status, stdout];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("PasswordChecker does not keep the process alive once it is idle", async () => {
  const output = await run(`
    const checker = new PasswordChecker({ idleTimeout: 0.05 });
    console.log(await checker.check("a", "$2b$04$" + "a".repeat(53)));`);
  assertEquals(output, [0, "false\n"]);
});

Deno.test("PasswordChecker.check() survives a worker that throws", async () => {
  const output = await run(`
    const code = "data:text/javascript,onmessage = () => { throw new Error('broken'); }";
    const startWorker = () => new Worker(code, { type: "module" });
    const checker = new PasswordChecker({ startWorker });
    for (const password of ["a", "b"]) {
      console.log(await checker.check(password, "hash").catch(({ message }) => message));
    }
    checker.close();`);
  assertEquals(output, [0, "the worker failed\nthe worker failed\n"]);
});
