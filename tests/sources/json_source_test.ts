import { assert, assertEquals, assertMatch } from "@std/assert";
import { type CollectedOnce, collectOnce, problemsOf, TempFolder } from "../support/configured.ts";
import { HttpTarget } from "../support/http_target.ts";

const DOCUMENT = {
  pending: 17,
  region: "eu",
  measured: 1_700_000_000,
  measured_at: "2023-11-14T22:13:20.5Z",
  nothing: null,
  workers: [
    { name: "w1", busy: true, jobs: 3, load: "0.75", state: "RUNNING", at: 1_700_000_001_000 },
    { name: "w2", busy: false, jobs: 0, load: "1.5", state: "STOPPED", at: 1_700_000_002_000 },
    { name: "w3", busy: true, jobs: 5, load: "2", state: "RUNNING", at: 1_700_000_003_000 },
  ],
  tree: { a: { size: 10 }, b: { size: 20 } },
};

/** The table of a collector that reads a file, with the tables of its metrics. */
function tables(metrics: readonly string[], json = "data.json"): string {
  const parts = metrics.map((metric) => `[[collectors.test.metrics]]\n${metric}\n`);
  return `[collectors.test]\njson = ${JSON.stringify(json)}\n${parts.join("")}`;
}

/** Reads metrics from a document in a file. */
async function collectFrom(document: unknown, metrics: readonly string[]): Promise<CollectedOnce> {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  using folder = new TempFolder({ "data.json": text });
  const collected = await collectOnce(tables(metrics), { folder: folder.path });
  return {
    ...collected,
    errors: collected.errors.map((error) => error.replaceAll(`${folder.path}/`, "")),
  };
}

for (
  const [metric, expected] of [
    ['name = "a"\npath = "$.pending"', ["a 17"]],
    ['name = "a"\npath = "$.pending"\nscale = 0.5', ["a 8.5"]],
    ['name = "a"\nvalue = 1\nlabels = { region = "$.region" }', ['a{region="eu"} 1']],
    [
      'name = "a"\npath = "$.pending"\nlabels = { s = "x", p = "planet-{$.region}", n = "$.nothing" }',
      ['a{s="x",p="planet-eu"} 17'],
    ],
    [
      'name = "a"\nfor_each = "$.workers[*]"\npath = "$.jobs"\nlabels = { w = "$.name", r = "$$.region" }',
      ['a{w="w1",r="eu"} 3', 'a{w="w2",r="eu"} 0', 'a{w="w3",r="eu"} 5'],
    ],
    [
      `name = "a"\nfor_each = "$.workers[?@.state == 'RUNNING']"\npath = "$.load"\nlabels = { w = "$.name" }`,
      ['a{w="w1"} 0.75', 'a{w="w3"} 2'],
    ],
    [
      'name = "a"\nfor_each = "$.workers[*]"\npath = "$.busy"\nlabels = { w = "$.name" }',
      ['a{w="w1"} 1', 'a{w="w2"} 0', 'a{w="w3"} 1'],
    ],
    [
      'name = "a"\nfor_each = "$.workers[:2]"\npath = "$.state"\nvalues = { RUNNING = 1, STOPPED = 0 }\nlabels = { w = "$.name" }',
      ['a{w="w1"} 1', 'a{w="w2"} 0'],
    ],
    [
      'name = "a"\nfor_each = "$.workers[1:]"\npath = "$.jobs"\ntimestamp_ms = "$.at"\nlabels = { w = "$.name" }',
      ['a{w="w2"} 0 1700000002000', 'a{w="w3"} 5 1700000003000'],
    ],
    ['name = "a"\npath = "$.pending"\ntimestamp = "$.measured"', ["a 17 1700000000000"]],
    ['name = "a"\npath = "$.pending"\ntimestamp = "$.measured_at"', ["a 17 1700000000500"]],
    ['name = "a"\npath = "$.pending"\ntimestamp = "$.never"', ["a 17"]],
    ['name = "a"\npath = "$.nothing"\noptional = true', []],
    ['name = "a"\npath = "$.missing"\noptional = true', []],
    ['name = "a"\npath = "$.nothing"\nvalues = { null = -1 }', ["a -1"]],
    ['name = "a"\nfor_each = "$.none[*]"\npath = "$.x"', []],
    ['name = "a"\nfor_each = "$.tree.a.size"\nlabels = { x = "y" }', ['a{x="y"} 10']],
    ['name = "a_info"\ntype = "info"\nvalue = 1\nlabels = { r = "$.region" }', [
      'a_info{r="eu"} 1',
    ]],
  ] as const
) {
  Deno.test(`json takes from a document: ${metric.replaceAll("\n", ", ")}`, async () => {
    const { samples, errors } = await collectFrom(DOCUMENT, [metric]);
    assertEquals(errors, []);
    assertEquals(samples, [...expected]);
  });
}

Deno.test("json exposes types, help texts and units", async () => {
  const metric =
    'name = "a_seconds"\ntype = "gauge"\nhelp = "A."\nunit = "seconds"\npath = "$.pending"';
  assertEquals((await collectFrom(DOCUMENT, [metric])).lines, [
    "# HELP a_seconds A.",
    "# TYPE a_seconds gauge",
    "a_seconds 17",
  ]);
});

Deno.test("json puts metrics of the same name together", async () => {
  const { samples } = await collectFrom(DOCUMENT, [
    'name = "a"\npath = "$.pending"\nlabels = { x = "1" }',
    'name = "b"\npath = "$.pending"',
    'name = "a"\nvalue = 5\nlabels = { x = "2" }',
  ]);
  assertEquals(samples, ['a{x="1"} 17', 'a{x="2"} 5', "b 17"]);
});

Deno.test("json replaces lone surrogates in labels", async () => {
  const metric = 'name = "a"\nvalue = 1\nlabels = { x = "$.x" }';
  const { samples } = await collectFrom('{"x": "<\\ud800>"}', [metric]);
  assertEquals(samples, ['a{x="<\uFFFD>"} 1']);
});

for (
  const [metric, problem] of [
    ['name = "a"\npath = "$.missing"', "$.missing selects nothing"],
    ['name = "a"\npath = "$.nothing"', "$.nothing selects null"],
    ['name = "a"\npath = "$.region"', `$['region']: expected a number, got "eu"`],
    ['name = "a"\npath = "$.workers"', "$['workers']: expected a number, got an array"],
    [
      'name = "a"\npath = "$.workers[*].jobs"',
      "expected $.workers[*].jobs to select one value, got 3",
    ],
    ['name = "a"\npath = "$.region"\nvalues = { us = 1 }', 'expected a number or "us", got "eu"'],
    [
      'name = "a"\nvalue = 1\nlabels = { x = "$.workers" }',
      "expected a string, a number or a boolean",
    ],
    ['name = "a"\nvalue = 1\ntimestamp = "$.region"', `$['region']: expected a time, got "eu"`],
  ] as const
) {
  Deno.test(`json fails with ${metric.replaceAll("\n", ", ")}`, async () => {
    const good = 'name = "good"\npath = "$.pending"';
    const { samples, errors: [error = ""] } = await collectFrom(DOCUMENT, [metric, good]);
    assertEquals(samples, ["good 17"]);
    assert(error.startsWith('Cannot read "data.json": metric "a": '), error);
    assert(error.includes(problem), error);
  });
}

Deno.test("json leaves out the items with errors, and tells the first five", async () => {
  const items = Array.from({ length: 10 }, (_, i) => ({ i, v: i % 3 === 0 ? i : "x" }));
  const metric = 'name = "a"\nfor_each = "$[*]"\npath = "$.v"\nlabels = { i = "$.i" }';
  const { samples, errors } = await collectFrom(items, [metric]);
  assertEquals(samples, ['a{i="0"} 0', 'a{i="3"} 3', 'a{i="6"} 6', 'a{i="9"} 9']);
  assertMatch(
    errors.join(),
    /^Cannot read "data\.json": metric "a" in \$\[1\]: \$\['v'\]: expected a number, got "x"; .*; and 1 more$/,
  );
});

Deno.test("json that is nested too deeply for a path fails, and other metrics are exposed", async () => {
  const document = `{"a": 1, "b": ${"[".repeat(5000)}${"]".repeat(5000)}}`;
  const { samples, errors: [error = ""] } = await collectFrom(document, [
    'name = "deep"\nfor_each = "$..c"',
    'name = "a"\npath = "$.a"',
  ]);
  assertEquals(samples, ["a 1"]);
  assert(error.startsWith('Cannot read "data.json": metric "deep": '), error);
});

Deno.test("json that is invalid fails, with file, line and column", async () => {
  const { samples, errors } = await collectFrom('{\n  "pending": 1,\n}', [
    'name = "a"\npath = "$.pending"',
  ]);
  assertEquals([samples, errors], [[], [
    'Cannot parse JSON "data.json": line 3, column 1: expected a key in double quotes',
  ]]);
});

Deno.test("json says that there is no file", async () => {
  const { errors } = await collectOnce(tables(['name = "a"\nvalue = 1'], "/no/data.json"));
  assertEquals(errors, ['Cannot read "/no/data.json": no such file']);
});

Deno.test("json reads a URL, with a body if there is one", async () => {
  await using target = HttpTarget.serve(({ method, body }) => Response.json({ method, body }));
  const toml = `[collectors.test]
json = "${target.url}/status?x=1"
headers = { "X-Key" = "k" }
body = '{"query": 1}'
[[collectors.test.metrics]]
name = "a"
value = 1
labels = { method = "$.method", body = "$.body" }
`;
  const { samples } = await collectOnce(toml);
  assertEquals(samples, ['a{method="POST",body="{\\"query\\": 1}"} 1']);
  const { headers, url } = target.requests[0]!;
  assertEquals([headers.get("accept"), headers.get("x-key")], ["application/json", "k"]);
  assertMatch(url, /\/status\?x=1$/);
});

Deno.test("json accepts other status codes if they are listed", async () => {
  await using target = HttpTarget.serve(() => Response.json({ a: 1 }, { status: 503 }));
  const metric = '[[collectors.test.metrics]]\nname = "a"\npath = "$.a"\n';
  const head = `[collectors.test]\njson = "${target.url}"\n`;
  assertMatch((await collectOnce(head + metric)).errors.join(), /status 503$/);
  const listed = `${head}valid_status_codes = [200, 503]\n${metric}`;
  assertEquals((await collectOnce(listed)).samples, ["a 1"]);
});

for (
  const [toml, problem] of [
    ['json = "a.json"', "expected at least one table of metrics"],
    ['json = "a.json"\nmetrics = [5]', "metrics: expected an array of tables, got an array"],
    ['json = "a.json"\nmetrics = [{ path = "$" }]', 'metrics[0]: missing key "name"'],
    [
      'json = "a.json"\nmetrics = [{ name = "a" }]',
      'metrics[0]: expected "path", "value" or "for_each"',
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a b", value = 1 }]',
      "metrics[0].name: expected a metric name",
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", value = 1, path = "$" }]',
      'metrics[0].value: "path" and "value" exclude each other',
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", value = 1 }, { name = "b", path = "a.b" }]',
      `metrics[1].path: expected a JSONPath such as "$.values[*]", got "a.b": expected '$'`,
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", for_each = "$[" }]',
      "metrics[0].for_each: expected a JSONPath",
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", value = 1, labels = { x = "$5" } }]',
      "metrics[0].labels.x: expected a JSONPath",
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", value = 1, labels = { __x = "5" } }]',
      "metrics[0].labels.__x: expected a label name",
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", path = "$", values = { ok = "1" } }]',
      'metrics[0].values.ok: expected a number, got "1"',
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", value = 1, type = "histogram" }]',
      "metrics[0].type: expected one of untyped, gauge, counter, info",
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", value = 1, type = "gauge" }, { name = "a", value = 1 }]',
      "metrics[1].type: another metric of this name has the type gauge",
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", value = 1, timestamp = "$.a", timestamp_ms = "$.b" }]',
      '"timestamp" and "timestamp_ms" exclude each other',
    ],
    [
      'json = "a.json"\nmetrics = [{ name = "a", value = 1, foreach = "$" }]',
      'did you mean "for_each"?',
    ],
    [
      'json = "a.json"\nbody = "x"\nmetrics = [{ name = "a", value = 1 }]',
      "body: only a URL has this key",
    ],
    [
      'json = "http://u:sesame@a/"\nmetrics = [{ name = "a", value = 1 }]',
      "without a password",
    ],
    [
      'json = "http://a/"\nvalid_status_codes = [20]\nmetrics = [{ name = "a", value = 1 }]',
      "valid_status_codes: expected a list of integers from 100 to 599",
    ],
  ] as const
) {
  Deno.test(`json is rejected with ${toml.replaceAll("\n", ", ")}`, async () => {
    const problems = await problemsOf(`[collectors.a]\n${toml}`);
    assertEquals(problems.length, 1, problems.join("\n"));
    assert(problems[0]!.startsWith("collectors.a"), problems[0]);
    assert(problems[0]!.includes(problem), problems[0]);
  });
}
