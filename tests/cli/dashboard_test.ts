import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { dashboardOf } from "../../cli/dashboard.ts";
import { parseExposition } from "../../parse.ts";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly panels?: readonly Panel[];
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
  readonly repeat?: string;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

function panelsFor(text: string, format: "text" | "openmetrics" = "openmetrics"): Panel[] {
  const families = parseExposition(format === "text" ? text : `${text}# EOF\n`, { format });
  return dashboardOf(families, "A title").panels as Panel[];
}

/** The kinds and the expressions of panels, without rows and variables. */
function told(panels: readonly Panel[]): string[][] {
  return panels.filter(({ type }) => type !== "row").map(({ type, targets = [] }) => [
    type,
    ...targets.map(({ expr }) => expr.replaceAll('job=~"$job", instance=~"$instance"', "…")),
  ]);
}

for (
  const [what, text, expected] of [
    ["the rate of a counter", "# TYPE a counter\na_total 1\n", [
      ["timeseries", "sum(rate(a_total{…}[$__rate_interval]))"],
    ]],
    ["that by its labels", '# TYPE a counter\na_total{b="1",c="2"} 1\n', [
      ["timeseries", "sum by (b, c) (rate(a_total{…}[$__rate_interval]))"],
    ]],
    ["the value of a gauge", "# TYPE a gauge\na 1\n", [["timeseries", "a{…}"]]],
    ["the time since a timestamp", "# TYPE a_time_seconds gauge\na_time_seconds 1\n", [
      ["timeseries", "1000 * a_time_seconds{…}"],
    ]],
    [
      "the distribution and quantiles of a histogram",
      '# TYPE h histogram\nh_bucket{le="1.0"} 1\nh_bucket{le="+Inf"} 1\nh_count 1\nh_sum 1\n',
      [
        ["heatmap", "sum by (le) (rate(h_bucket{…}[$__rate_interval]))"],
        [
          "timeseries",
          "histogram_quantile(0.5, sum by (le) (rate(h_bucket{…}[$__rate_interval])))",
          "histogram_quantile(0.9, sum by (le) (rate(h_bucket{…}[$__rate_interval])))",
          "histogram_quantile(0.99, sum by (le) (rate(h_bucket{…}[$__rate_interval])))",
        ],
      ],
    ],
    [
      "those of a native histogram, which has no other buckets",
      '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_count 1\nh_sum 1\n',
      [
        ["heatmap", "sum(rate(h{…}[$__rate_interval]))"],
        [
          "timeseries",
          "histogram_quantile(0.5, sum(rate(h{…}[$__rate_interval])))",
          "histogram_quantile(0.9, sum(rate(h{…}[$__rate_interval])))",
          "histogram_quantile(0.99, sum(rate(h{…}[$__rate_interval])))",
        ],
      ],
    ],
    [
      "the buckets of a gauge histogram",
      '# TYPE h gaugehistogram\nh_bucket{le="+Inf"} 1\nh_gcount 1\nh_gsum 1\n',
      [["heatmap", "sum by (le) (h_bucket{…})"]],
    ],
    [
      "the quantiles and the mean of a summary",
      '# TYPE s summary\ns{a="1",quantile="0.5"} 1\ns_sum{a="1"} 1\ns_count{a="1"} 1\n',
      [[
        "timeseries",
        "s{…}",
        "sum by (a) (rate(s_sum{…}[$__rate_interval])) / sum by (a) (rate(s_count{…}[$__rate_interval]))",
      ]],
    ],
    ["the labels of an info", '# TYPE a info\na_info{v="1"} 1\n', [["table", "a_info{…}"]]],
    ["the states of a state set", '# TYPE d stateset\nd{d="open"} 1\nd{d="shut"} 0\n', [
      ["state-timeline", "max by (d) (d{…})"],
    ]],
  ] as [string, string, string[][]][]
) {
  Deno.test(`dashboardOf() shows ${what}`, () => {
    assertEquals(told(panelsFor(text)), expected);
  });
}

Deno.test("dashboardOf() shows infos of the text format as tables", () => {
  assertEquals(told(panelsFor('# TYPE a_info gauge\na_info{v="1"} 1\n', "text"))[0]![0], "table");
  const [first] = told(panelsFor("# TYPE a_info gauge\na_info 2\n", "text"));
  assertEquals(first![0], "timeseries");
});

Deno.test("dashboardOf() limits the lines of a family with many series", () => {
  const text = Array.from({ length: 21 }, (_, i) => `a{i="${i}"} 1\n`).join("");
  assertEquals(told(panelsFor(`# TYPE a gauge\n${text}`)), [["timeseries", "topk(20, a{…})"]]);
});

Deno.test("dashboardOf() quotes names that are not legacy names", () => {
  const [[, expr] = []] = told(panelsFor('{"a.b","c d"="1"} 1\n'));
  assertEquals(expr, '{"a.b", …}');
});

Deno.test("dashboardOf() gives graphs the units of their metrics", () => {
  const units = panelsFor(`# TYPE a_seconds gauge
# UNIT a_seconds seconds
a_seconds 1
# TYPE sent_bytes counter
sent_bytes_total 1
# TYPE http_requests counter
http_requests_total 1
# TYPE cpu_seconds counter
cpu_seconds_total 1
# TYPE used_ratio gauge
used_ratio 1
# TYPE things gauge
things 1
`).flatMap(({ fieldConfig }) => fieldConfig?.defaults.unit ?? []);
  assertEquals(units, ["s", "binBps", "reqps", "percentunit", "percentunit", "short"]);
});

Deno.test("dashboardOf() has a row for each group of families, and folds those of the exporter up", () => {
  const panels = panelsFor(
    "a_x 1\na_y 1\nb_x 1\nprocess_open_fds 1\nexporter_http_connections 1\n",
  );
  assertEquals(panels.filter(({ type }) => type === "row").map(({ title }) => title), [
    "a",
    "b",
    "Exporter and process",
  ]);
  assertEquals(told(panels).flat().filter((text) => text.includes("process")), []);
  assertEquals(panels.at(-1)!.panels!.map(({ title }) => title), [
    "process_open_fds",
    "exporter_http_connections",
  ]);
});

Deno.test("dashboardOf() has a row for each collector, which Grafana repeats", () => {
  const families = parseExposition(
    'exporter_collector_success{collector="a"} 1\nexporter_collector_success{collector="b"} 0\n',
  );
  const { panels, templating } = dashboardOf(families, "x") as {
    panels: Panel[];
    templating: { list: { name: string; query: unknown }[] };
  };
  assertEquals([panels[0]!.title, panels[0]!.repeat], ["Collector $collector", "collector"]);
  assertEquals(templating.list.map(({ name }) => name), [
    "datasource",
    "job",
    "instance",
    "collector",
  ]);
  assertEquals(panels.length, 4);
});

Deno.test("dashboardOf() places panels without overlaps, with ids of their own", () => {
  const text = Array.from({ length: 9 }, (_, i) => `a_${i} 1\nb_${i} 1\n`).join("");
  const panels = panelsFor(`${text}# TYPE c info\nc_info{d="1"} 1\n`);
  const taken = new Set<string>();
  for (const { gridPos: { x, y, w, h } } of panels) {
    assert(x + w <= 24);
    for (let i = x; i < x + w; i++) {
      for (let j = y; j < y + h; j++) {
        assert(!taken.has(`${i} ${j}`));
        taken.add(`${i} ${j}`);
      }
    }
  }
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
});

Deno.test("dashboardOf() makes an identifier of the title", () => {
  const { title, uid, id } = dashboardOf([], "Doors & gates, élan") as Record<string, string>;
  assertEquals([title, id], ["Doors & gates, élan", undefined]);
  assertMatch(uid!, /^[a-z0-9-]{1,40}$/);
  assertNotMatch(uid!, /^-|-$/);
});
