import { assertEquals, assertGreater } from "@std/assert";
import { ROOT } from "../support/program.ts";
import { until, within } from "../support/until.ts";
import { fixture } from "./fixture.ts";

/** Runs an exporter whose standard error nobody reads. */
async function withUnread(
  options: Record<string, unknown>,
  work: (process: Deno.ChildProcess, url: URL) => Promise<void>,
): Promise<void> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", fixture("exporter.ts")],
      JSON.stringify({
        configFile: false,
        listenPort: 0,
        defaults: { logLevel: "debug" },
        ...options,
      }),
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  try {
    await work(process, await urlOf(process));
  } finally {
    try {
      process.kill("SIGKILL"); // a process that waits for its reader takes no other signal
    } catch {
      // It has ended.
    }
    await process.status;
    if (!process.stderr.locked) await process.stderr.cancel();
  }
}

async function urlOf(process: Deno.ChildProcess): Promise<URL> {
  let text = "";
  for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const [, url] = /^Listening on (http:\S+)$/m.exec(text) ?? [];
    if (url !== undefined) return new URL(url);
  }
  throw new Error(`Cannot find the URL in "${text}"`);
}

/** Logs more than a pipe holds: 20 long queries at level debug. */
async function fillLog(url: URL): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const response = await fetch(new URL(`metrics?name[]=${"x".repeat(8000)}`, url));
    await response.body?.cancel();
  }
}

Deno.test("a reader of standard error that stalls does not stop scrapes", async () => {
  await withUnread({}, async (_process, url) => {
    await within("scrapes", fillLog(url));
    const response = await within("a scrape", fetch(new URL("metrics", url)));
    assertEquals(response.status, 200);
    assertGreater((await response.text()).length, 0);
  });
});

Deno.test("a reader of standard error that stalls does not keep a process alive after SIGTERM", async () => {
  await withUnread({ shutdownTimeout: 0.2 }, async (process, url) => {
    await within("scrapes", fillLog(url));
    process.kill("SIGTERM");
    const { code } = await within("the end", process.status);
    assertEquals(code, 0);
  });
});

Deno.test("a reader of standard error that goes away does not end the process", async () => {
  await withUnread({}, async (process, url) => {
    await process.stderr.cancel();
    await fillLog(url);
    const status = await until("a scrape", async () => {
      const response = await fetch(new URL("metrics", url));
      await response.body?.cancel();
      return response.status;
    });
    assertEquals(status, 200);
  });
});
