import { bucketIndex } from "../series/bucket_index.ts";
import { NativeCounts } from "../series/native_counts.ts";
import { resolveNative } from "../series/native_options.ts";
import { resolveQuantiles, SlidingQuantiles } from "../series/quantiles.ts";

/** Numbers of a lognormal distribution, without a random source so that each run measures the same. */
function lognormal(count: number, sigma: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const [u, v] = [(i * 0.618 + 0.1) % 1, (i * 0.755 + 0.3) % 1];
    return Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v) - 3);
  });
}

const values = lognormal(4096, 1.2);
let i = 0;

Deno.bench("bucketIndex()", { group: "observe", baseline: true }, () => {
  bucketIndex(values[i++ & 4095]!);
});

for (const growthFactor of [1.3, 1.1, 1.05]) {
  const counts = new NativeCounts(resolveNative("Cannot create bench", { growthFactor }));
  for (const value of values) counts.observe(value);
  const buckets = counts.snapshot().positive.deltas.length;

  Deno.bench(`NativeCounts.observe() with ${buckets} buckets`, { group: "observe" }, () => {
    counts.observe(values[i++ & 4095]!);
  });

  Deno.bench(`NativeCounts.snapshot() with ${buckets} buckets`, {
    group: "read",
    baseline: growthFactor === 1.3,
  }, () => {
    counts.snapshot();
  });
}

const quantiles = new SlidingQuantiles(
  resolveQuantiles("Cannot create bench", { quantiles: [0.5, 0.9, 0.99] }),
);
for (const value of values) quantiles.observe(value);

Deno.bench("SlidingQuantiles.observe()", { group: "observe" }, () => {
  quantiles.observe(values[i++ & 4095]!);
});

Deno.bench("SlidingQuantiles.values() of three quantiles", { group: "read" }, () => {
  quantiles.values();
});
