import { assert, assertEquals, assertMatch } from "@std/assert";
import { type CollectedOnce, collectOnce, problemsOf, TempFolder } from "../support/configured.ts";

const MTIME = "# TYPE node_textfile_mtime_seconds gauge";

/** Reads the files in a folder. Paths are shown relative to it. */
async function collectFiles(folder: TempFolder, toml?: string): Promise<CollectedOnce> {
  toml ??= '[collectors.textfile]\nfile = "*.prom"\n';
  const { lines, samples, errors } = await collectOnce(toml, { folder: folder.path });
  const shorten = (text: string) =>
    text.replaceAll(`${folder.path}/`, "").replace(/(mtime_seconds\{.*\}) \d+$/, "$1 1");
  return {
    lines: lines.map(shorten),
    samples: samples.map(shorten),
    errors: errors.map(shorten),
  };
}

Deno.test("files are exposed with their times, and a metric that tells of errors", async () => {
  using folder = new TempFolder({
    "a.prom": '# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total{queue="a"} 1\n',
    "b.prom": 'jobs{queue="b"} 2\n',
    "c.txt": "not read\n",
  });
  assertEquals(await collectFiles(folder), {
    lines: [
      "# HELP jobs Metric read from b.prom",
      "# TYPE jobs untyped",
      'jobs{queue="b"} 2',
      "# HELP jobs_total Jobs.",
      "# TYPE jobs_total counter",
      'jobs_total{queue="a"} 1',
      "# HELP node_textfile_mtime_seconds Unixtime mtime of textfiles successfully read.",
      MTIME,
      'node_textfile_mtime_seconds{file="a.prom"} 1',
      'node_textfile_mtime_seconds{file="b.prom"} 1',
      "# HELP node_textfile_scrape_error 1 if there was an error opening or reading a file, 0 otherwise",
      "# TYPE node_textfile_scrape_error gauge",
      "node_textfile_scrape_error 0",
    ],
    samples: [
      'jobs{queue="b"} 2',
      'jobs_total{queue="a"} 1',
      'node_textfile_mtime_seconds{file="a.prom"} 1',
      'node_textfile_mtime_seconds{file="b.prom"} 1',
      "node_textfile_scrape_error 0",
    ],
    errors: [],
  });
});

Deno.test("the time of a file is in whole seconds", async () => {
  using folder = new TempFolder({ "a.prom": "a 1\n" });
  Deno.utimeSync(`${folder.path}/a.prom`, 1700000000, 1700000000.75);
  const { samples } = await collectOnce('[collectors.a]\nfile = "a.prom"', { folder: folder.path });
  assertEquals(samples, [
    "a 1",
    `node_textfile_mtime_seconds{file="${folder.path}/a.prom"} 1700000000`,
    "node_textfile_scrape_error 0",
  ]);
});

Deno.test("a file with an error is left out, with line and column, and others are exposed", async () => {
  using folder = new TempFolder({ "a.prom": "a 1\n", "b.prom": "b 1\nb{ 2\n", "c.prom": "c 1" });
  const { samples, errors } = await collectFiles(folder);
  assertEquals(samples, [
    "a 1",
    'node_textfile_mtime_seconds{file="a.prom"} 1',
    "node_textfile_scrape_error 1",
  ]);
  assertMatch(errors[0]!, /"b\.prom": line 2, column 4: .*; .*"c\.prom": line 1, column 4: /);
});

Deno.test("a file with timestamps is left out as a whole", async () => {
  using folder = new TempFolder({ "a.prom": "a 1 1441205977284\nb 2\n" });
  assertEquals(await collectFiles(folder), {
    lines: [
      "# HELP node_textfile_scrape_error 1 if there was an error opening or reading a file, 0 otherwise",
      "# TYPE node_textfile_scrape_error gauge",
      "node_textfile_scrape_error 1",
    ],
    samples: ["node_textfile_scrape_error 1"],
    errors: ['Cannot use "a.prom": a has a timestamp'],
  });
});

Deno.test("a folder that does not exist is an error", async () => {
  using folder = new TempFolder();
  const { samples, errors } = await collectFiles(folder, '[collectors.a]\nfile = "none/*.prom"');
  assertEquals(samples, ["node_textfile_scrape_error 1"]);
  assertEquals(errors, ['Cannot read "none": no such file']);
});

Deno.test("a folder without files is no error", async () => {
  using folder = new TempFolder({ "x.txt": "" });
  assertEquals((await collectFiles(folder)).samples, ["node_textfile_scrape_error 0"]);
});

Deno.test("pipes and files that are too large are errors, and hold nothing up", async () => {
  using folder = new TempFolder({ "a.prom": "a 1\n", "large.prom": "# x\n".repeat(100) });
  new Deno.Command("mkfifo", { args: [`${folder.path}/pipe.prom`] }).outputSync();
  const toml = '[collectors.a]\nfile = "*.prom"\nmax_bytes = 300\n';
  const { samples, errors } = await collectFiles(folder, toml);
  assertEquals(samples[0], "a 1");
  assertEquals(errors, [
    'Cannot read "large.prom": more than 300 bytes; Cannot read "pipe.prom": expected a regular file',
  ]);
});

Deno.test("several patterns name a file once", async () => {
  using folder = new TempFolder({ "a.prom": "a 1\n", "b.prom": "b 1\n" });
  const toml = '[collectors.a]\nfile = ["a.*", "*.prom"]\n';
  assertEquals((await collectFiles(folder, toml)).samples.slice(0, 2), ["a 1", "b 1"]);
});

Deno.test("several collectors of files have errors of their own", async () => {
  using folder = new TempFolder({ "a.prom": "a 1\n", "b.prom": "b" });
  const toml = '[collectors.x]\nfile = "a.prom"\n[collectors.y]\nfile = "b.prom"\n';
  const { samples } = await collectFiles(folder, toml);
  assertEquals(samples, [
    "a 1",
    'node_textfile_mtime_seconds{file="a.prom"} 1',
    'node_textfile_scrape_error{collector="x"} 0',
    'node_textfile_scrape_error{collector="y"} 1',
  ]);
});

Deno.test("a file that is replaced by renaming is never seen half", async () => {
  const bodies = ["x", "y"].map((name) =>
    Array.from({ length: 3000 }, (_, i) => `${name}{i="${i}"} 1\n`).join("")
  );
  using folder = new TempFolder({ "a.prom": bodies[0]! });
  let isDone = false; // the writer only looks at it between two files
  const writer = (async () => {
    for (let i = 0; !isDone; i++) {
      await Deno.writeTextFile(`${folder.path}/a.tmp`, bodies[i % 2]!);
      await Deno.rename(`${folder.path}/a.tmp`, `${folder.path}/a.prom`);
    }
  })();
  const seen = new Set<string>();
  for (let i = 0; i < 30 || (seen.size < 2 && i < 1000); i++) {
    const { samples, errors } = await collectFiles(folder);
    assertEquals(errors, []);
    const own = samples.filter((sample) => !sample.startsWith("node_textfile_"));
    const names = new Set(own.map((sample) => sample[0]!));
    assertEquals([names.size, samples.length], [1, 3002]);
    seen.add([...names][0]!);
  }
  isDone = true;
  await writer;
  assert(seen.size === 2, "nothing was replaced");
});

for (const value of ["5", "[]", '""', '["a", 5]']) {
  Deno.test(`files are rejected with file = ${value}`, async () => {
    const [problem = "", ...others] = await problemsOf(`[collectors.a]\nfile = ${value}`);
    assertEquals(others, []);
    assertMatch(problem, /^collectors\.a\.file: expected the path of files or folders/);
  });
}
