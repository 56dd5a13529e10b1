import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { collectOnce, problemsOf } from "../support/configured.ts";
import { HttpTarget } from "../support/http_target.ts";

const TEXT = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
const OPENMETRICS = { "content-type": "application/openmetrics-text; version=1.0.0" };

const NODE = `# HELP node_load1 1m load average.
# TYPE node_load1 gauge
node_load1 0.5
# TYPE go_info gauge
go_info{version="1"} 1
# TYPE lat histogram
lat_bucket{le="1"} 1
lat_bucket{le="+Inf"} 2
lat_sum 3
lat_count 2
`;

function relay(url: string, rest: string = ""): string {
  return `[collectors.node]\nurl = "${url}"\n${rest}`;
}

Deno.test("a url relays another exporter, with filters and labels", async () => {
  await using target = HttpTarget.serve(() => new Response(NODE, { headers: TEXT }));
  const rest = `drop = ["go_*"]\nrename = { "node_*" = "host_*" }\nlabels = { room = "5" }`;
  const { lines, errors } = await collectOnce(relay(`${target.url}/metrics`, rest));
  assertEquals(errors, []);
  assertEquals(lines, [
    "# HELP host_load1 1m load average.",
    "# TYPE host_load1 gauge",
    'host_load1{room="5"} 0.5',
    "# TYPE lat histogram",
    'lat_bucket{le="1",room="5"} 1',
    'lat_bucket{le="+Inf",room="5"} 2',
    'lat_sum{room="5"} 3',
    'lat_count{room="5"} 2',
  ]);
});

Deno.test("a url asks for OpenMetrics, and sends the deadline that is left", async () => {
  await using target = HttpTarget.serve(() =>
    new Response("# TYPE a counter\na_total 1\n# EOF\n", { headers: OPENMETRICS })
  );
  assertEquals((await collectOnce(relay(target.url, "timeout = 3"))).samples, ["a_total 1"]);
  const { headers } = target.requests[0]!;
  assertMatch(headers.get("accept")!, /^application\/openmetrics-text;version=1\.0\.0,text\/plain/);
  const seconds = Number(headers.get("x-prometheus-scrape-timeout-seconds"));
  assert(seconds > 0 && seconds <= 3, `${seconds}`);
});

Deno.test("a url without a content type is read as what it looks like", async () => {
  const answer = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n# TYPE a counter\na_total 1\n# EOF\n";
  await using target = HttpTarget.raw(answer, { ends: true });
  assertEquals((await collectOnce(relay(target.url))).samples, ["a_total 1"]);
});

for (
  const [what, body, headers, problem] of [
    ["garbage", "<html></html>", TEXT, "line 1, column 1: expected"],
    ["a line of garbage", "a 1\nb x\n", TEXT, "line 2, column 3: expected a value"],
    ["a page", "<html></html>", { "content-type": "text/html" }, 'got "text/html"'],
    ["OpenMetrics without an end", "a 1\n", OPENMETRICS, "# EOF"],
  ] as const
) {
  Deno.test(`a url that sends ${what} fails`, async () => {
    await using target = HttpTarget.serve(() => new Response(body, { headers }));
    const { samples, errors: [error = ""] } = await collectOnce(relay(`${target.url}/m`));
    assertEquals(samples, []);
    assert(error.startsWith(`Cannot parse exposition "${target.url}/m": `), error);
    assert(error.includes(problem), error);
  });
}

Deno.test("a url that stalls costs only itself", async () => {
  await using target = HttpTarget.raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na", {
    ends: false,
  });
  const toml = `${relay(target.url, "timeout = 0.2")}
[collectors.other]
command = ["echo", "a 1"]
`;
  const { samples, errors } = await collectOnce(toml, { folder: "/tmp" });
  assertEquals(samples, ["a 1"]);
  assertMatch(errors.join(), /^The collector was not done at the deadline[^,]*, after 0\.\d+ s$/);
});

for (
  const [toml, path] of [
    ["url = 5", "url: expected a URL"],
    ['url = "ftp://a/"', "url: expected a URL"],
    [
      'url = "http://user:sesame@a/"',
      'without a password, or "unix:/run/a.sock:/metrics", got a string',
    ],
    [
      'url = "http://a/"\nbasic_auth = { password = "sesame" }',
      'basic_auth: missing key "username"',
    ],
    [
      'url = "http://a/"\nbasic_auth = { username = "a", password = ["sesame"] }',
      "basic_auth.password",
    ],
    [
      'url = "http://a/"\nbasic_auth = { username = "a", password = "sesame", password_file = "b" }',
      '"password" and "password_file" exclude each other',
    ],
    ['url = "http://a/"\nbearer_token = "sesame\\n"', "bearer_token: expected a string"],
    [
      'url = "http://a/"\nbearer_token = "sesame"\nbasic_auth = { username = "a" }',
      '"basic_auth" and bearer tokens exclude each other',
    ],
    [
      'url = "http://a/"\nheaders = { "x y" = "sesame" }',
      'headers."x y": expected the name of a header',
    ],
    ['url = "http://a/"\nheaders = { x = "sesame\\r\\ny" }', "headers.x: expected a string"],
    [
      'url = "http://a/"\ntls_config = { cert_file = "a" }',
      'expected both "cert_file" and "key_file"',
    ],
    ['url = "http://a/"\ntls_config = { ca = "a" }', 'tls_config: unknown key "ca"'],
    ['url = "http://a/"\nfollow_redirects = 1', "follow_redirects: expected true or false"],
    ['url = "http://a/"\npath = "$.a"', 'unknown key "path"'],
  ] as const
) {
  Deno.test(`a url is rejected with ${toml.replaceAll("\n", ", ")}`, async () => {
    const problems = await problemsOf(`[collectors.a]\n${toml}`);
    assertEquals(problems.length, 1, problems.join("\n"));
    assert(problems[0]!.includes(path), problems[0]);
    assertNotMatch(problems[0]!, /sesame/);
  });
}
