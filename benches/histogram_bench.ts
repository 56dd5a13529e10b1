import { Histogram, type HistogramOptions } from "../histogram.ts";
import { Summary } from "../summary.ts";

const values = Array.from({ length: 1024 }, (_, i) => (i * 7919 % 1024) / 100);
let i = 0;

const OPTIONS: Record<string, HistogramOptions> = {
  "11 buckets": {},
  "native buckets": { native: {} },
  "11 and native buckets": { native: {}, buckets: new Histogram("x", "").buckets },
};

for (const [name, options] of Object.entries(OPTIONS)) {
  const child = new Histogram("request_duration_seconds", "How long.", options).labels({});
  const isBaseline = name === "11 buckets";

  Deno.bench(`observe() with ${name}`, { group: "observe", baseline: isBaseline }, () => {
    child.observe(values[i++ & 1023]!);
  });
}

for (const quantiles of [[], [0.5, 0.9, 0.99]]) {
  const child = new Summary("response_size_bytes", "How large.", { quantiles }).labels({});

  Deno.bench(`observe() with ${quantiles.length} quantiles`, { group: "observe" }, () => {
    child.observe(values[i++ & 1023]!);
  });
}
