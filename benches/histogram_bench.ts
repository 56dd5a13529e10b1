import { Histogram } from "../histogram.ts";

const child = new Histogram("request_duration_seconds", "How long.").labels({});
const values = Array.from({ length: 1024 }, (_, i) => (i * 7919 % 1024) / 100);
let i = 0;

Deno.bench("observe() with 11 buckets", { group: "observe", baseline: true }, () => {
  child.observe(values[i++ & 1023]!);
});
