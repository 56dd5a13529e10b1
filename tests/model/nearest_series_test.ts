import { assertEquals } from "@std/assert";
import { haveSameSeries, nearestSeries } from "../../model/nearest_series.ts";
import { Sample } from "../../model/sample.ts";

function series(name: string, labels: Record<string, string> = {}): Sample {
  return new Sample(name, Object.entries(labels).flat(), 1);
}

Deno.test("haveSameSeries() compares names and labels in any order", () => {
  const sample = series("x", { a: "1", b: "2" });
  assertEquals(haveSameSeries(sample, series("x", { b: "2", a: "1" })), true);
  for (
    const other of [
      series("y", { a: "1", b: "2" }),
      series("x", { a: "1" }),
      series("x", { a: "1", b: "3" }),
      series("x", { a: "1", b: "2", c: "3" }),
    ]
  ) {
    assertEquals(haveSameSeries(sample, other), false, other.series);
    assertEquals(haveSameSeries(other, sample), false, other.series);
  }
});

const SAMPLES = [
  series("jobs_total", { queue: "print", worker: "1" }),
  series("jobs_total", { queue: "mail", worker: "1" }),
  series("jobs_total", { queue: "mail", worker: "2" }),
  series("doors_open"),
];

for (
  const [wanted, nearest] of [
    [series("jobs_total", { queue: "mial", worker: "2" }), SAMPLES[2]],
    [series("jobs_total", { worker: "1", queue: "mai" }), SAMPLES[1]],
    [series("jobs_total", { queue: "mail" }), SAMPLES[1]],
    [series("jobs_total"), SAMPLES[0]],
    [series("job_total", { queue: "mail", worker: "1" }), SAMPLES[1]],
    [series("door_open", { a: "1" }), SAMPLES[3]],
    [series("up"), undefined],
  ] as const
) {
  Deno.test(`nearestSeries() finds for ${wanted.series}: ${nearest?.series}`, () => {
    assertEquals(nearestSeries(wanted, SAMPLES), nearest);
  });
}
