import { Counter } from "../counter.ts";
import { Metric } from "../metric.ts";
import { Registry } from "../registry.ts";

for (const series of [1_000, 10_000, 100_000]) {
  const families = Math.min(100, series / 100);
  const labels = (i: number) => ({ method: "GET", route: `/api/v1/resource/${i}`, status: "200" });

  const instruments = new Registry();
  const fresh = new Registry();
  for (let f = 0; f < families; f++) {
    const name = `requests_${f}_total`;
    const counter = instruments.register(
      new Counter(name, "Requests.", { labels: ["method", "route", "status"] }),
    );
    for (let i = 0; i < series / families; i++) counter.labels(labels(i)).inc(i);
    fresh.register({
      collect: function* () {
        for (let i = 0; i < series / families; i++) {
          yield new Metric(name, {
            type: "counter",
            help: "Requests.",
            labels: labels(i),
            value: i,
          });
        }
      },
    });
  }

  const group = `expose ${series} counters with three labels`;
  Deno.bench(`${group}: instruments`, { group, baseline: true }, async () => {
    await instruments.expose();
  });
  Deno.bench(`${group}: instruments, gzip`, { group }, async () => {
    await instruments.expose({ encoding: "gzip" });
  });
  Deno.bench(`${group}: fresh metrics of collectors`, { group }, async () => {
    await fresh.expose();
  });
}
