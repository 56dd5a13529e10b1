import { Counter } from "../counter.ts";

const counter = new Counter("requests_total", "Requests.", {
  labels: ["method", "route", "status"],
});
const child = counter.labels("GET", "/", "200");

Deno.bench("inc() on a kept child", { group: "count", baseline: true }, () => {
  child.inc();
});

Deno.bench('labels("…", "…", "…").inc()', { group: "count" }, () => {
  counter.labels("GET", "/", "200").inc();
});

Deno.bench("labels({…}).inc()", { group: "count" }, () => {
  counter.labels({ method: "GET", route: "/", status: "200" }).inc();
});
