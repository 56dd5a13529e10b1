import { assertEquals } from "@std/assert";
import { readSnapshot, Replica, seriesKey } from "../../benches/compare/snapshot.ts";
import { selection, type Workload } from "../../benches/compare/workload.ts";

function workload(kind: Workload["kind"]): Workload {
  return {
    kind,
    labels: ["method", "route"],
    families: [{ name: "jobs", help: "Jobs.", offset: 0.5, step: 2 }],
    series: [{ values: ["GET", "/"], start: 10 }, { values: ["PUT", "/"], start: 20 }],
    buckets: [1, 5],
    observations: [0.5, 3],
  };
}

Deno.test("seriesKey() normalizes the order of labels and the format of bounds", () => {
  assertEquals(seriesKey("a", ["b", "1", "le", "1.0"]), seriesKey("a", ["le", "1", "b", "1"]));
  assertEquals(seriesKey("a", ["le", "+Inf"]), "a\nle=Infinity");
});

Deno.test("Replica.snapshot() returns the expected counters", () => {
  const replica = new Replica(workload("counter"));
  const text = (...values: number[]) =>
    `# TYPE jobs counter
jobs{route="/",method="GET"} ${values[0]}
jobs{route="/",method="PUT"} ${values[1]}
`;
  assertEquals(replica.snapshot(), readSnapshot(text(10.5, 20.5), ""));
  replica.change({ from: 0, to: 1, every: 2, phase: 1 });
  assertEquals(replica.snapshot(), readSnapshot(text(10.5, 22.5), ""));
});

Deno.test("Replica.snapshot() returns the expected histograms", () => {
  const replica = new Replica(workload("histogram"));
  replica.change(selection(workload("histogram"), "all", 0));
  const lines = ["GET", "PUT"].map((method) => `
jobs_bucket{method="${method}",route="/",le="1.0"} 1
jobs_bucket{method="${method}",route="/",le="5.0"} 2
jobs_bucket{method="${method}",route="/",le="+Inf"} 2
jobs_sum{method="${method}",route="/"} 3.5
jobs_count{method="${method}",route="/"} 2`);
  const text = `# TYPE jobs histogram${lines.join("")}\n`;
  assertEquals(replica.snapshot(), readSnapshot(text, ""));
});
