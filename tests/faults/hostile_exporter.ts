/**
 * An exporter with every collector that misbehaves, and one that does not.
 *
 * @module
 */

import { Exporter, Metric, Registry } from "@exporter/prometheus";
import { hostileCollectors } from "./hostile_collectors.ts";

const exporter = new Exporter({
  configFile: false,
  registry: new Registry(),
  ...JSON.parse(Deno.args[0] ?? "{}"),
});
exporter.collector("good", async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return [new Metric("good", { type: "gauge", value: 1 })];
});
for (const [name, { collect }] of Object.entries(hostileCollectors(exporter))) {
  exporter.collector(name, collect);
}

await exporter.start();
console.log(`Listening on ${exporter.url}`);
