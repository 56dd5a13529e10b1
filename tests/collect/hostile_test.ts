/**
 * Collectors that return or throw what no type check would let pass. Each costs only itself, in every format.
 */

import { assert, assertEquals } from "@std/assert";
import type { Collect } from "../../collector.ts";
import { MetricFamily } from "../../family.ts";
import { Metric } from "../../metric.ts";
import { parseExposition } from "../../parse.ts";
import { Registry } from "../../registry.ts";
import { Sample } from "../../model/sample.ts";

/** A value that would add a line if it were written as it is. */
const EVIL = "1\nevil 2";
const SYMBOL = Symbol("evil");

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function throwing(): object {
  const fail = () => {
    throw new Error("Unplugged");
  };
  return new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail });
}

function family(): MetricFamily {
  return new MetricFamily("x", { type: "gauge" }).add(1, { a: "b" });
}

function tampered(property: string, value: unknown): MetricFamily[] {
  return [Object.defineProperty(family(), property, { value })];
}

/** A family with a sample that was changed behind its back. */
function withSample(changes: Record<string, unknown>): MetricFamily[] {
  const changed = family();
  Object.assign(changed.samples[0]!, changes);
  return [changed];
}

const THROWN: Record<string, () => unknown> = {
  "an object without a prototype": () => Object.create(null),
  "a revoked proxy": revoked,
  "a proxy that throws": throwing,
  "a symbol": () => SYMBOL,
  "an error with a symbol as message": () =>
    Object.defineProperty(new Error(), "message", { value: SYMBOL }),
  "an error with a symbol as name": () => Object.assign(new Error(), { name: SYMBOL }),
};

const RETURNED: Record<string, () => unknown> = {
  "a revoked proxy": revoked,
  "a proxy that throws": throwing,
  "a list of revoked proxies": () => [revoked()],
  "a list of proxies that throw": () => [throwing()],
  "a family with a number as help": () => tampered("help", 5),
  "a family with a symbol as unit": () => tampered("unit", SYMBOL),
  "a family with a symbol as name": () => tampered("name", SYMBOL),
  "a family with lines in its name": () => tampered("name", `x\n${EVIL}`),
  "a family with lines in its type": () => tampered("type", `gauge\n${EVIL}`),
  "a family with null as sample": () => tampered("samples", [null]),
  "a family with a sample pushed in": () => {
    const changed = family();
    (changed.samples as unknown[]).push(null);
    return [changed];
  },
  "a sample with lines in its value": () => withSample({ value: EVIL }),
  "a sample with lines in its timestamp": () => withSample({ timestamp: EVIL }),
  "a sample with lines in its name": () => withSample({ name: `x\n${EVIL}` }),
  "a sample with numbers as labels": () => withSample({ labels: [5, 5] }),
  "a sample with broken details": () =>
    withSample({ details: { exemplar: { labels: [5], value: EVIL, timestamp: EVIL } } }),
  "a sample that changes later": () => {
    const changed = family();
    setTimeout(() => Object.assign(changed.samples[0]!, { value: EVIL }));
    return [changed];
  },
  "a metric with a number put in as label": () => {
    const metric = new Metric("x");
    Map.prototype.set.call(metric.labels, "a", 5);
    return [metric];
  },
  "a metric with a line put in as label name": () => {
    const metric = new Metric("x");
    Map.prototype.set.call(metric.labels, 'a="1"} 1\nevil{b', "c");
    return [metric];
  },
  "a metric with lines as value": () => [
    new (class extends Metric {
      override get value() {
        return EVIL as unknown as number;
      }
    })("x"),
  ],
  "a metric with null as sample": () => [Object.assign(new Metric("x"), { sample: () => null })],
  "a metric with a forged sample": () => [
    Object.assign(new Metric("x"), {
      sample: () => new Sample("x", [], EVIL as unknown as number),
    }),
  ],
  ...Object.fromEntries(
    [["help", 5], ["unit", SYMBOL], ["type", `gauge\n${EVIL}`], ["exemplar", { labels: [5] }]].map(
      ([name, value]) => [
        `a metric with another ${String(name)}`,
        () => [Object.assign(new Metric("x", { type: "gauge" }), { [name as string]: value })],
      ],
    ),
  ),
};

const COLLECTORS: [string, () => unknown][] = [
  ...Object.entries(THROWN).map(([kind, make]): [string, () => unknown] => [
    `throws ${kind}`,
    () => {
      throw make();
    },
  ]),
  ...Object.entries(RETURNED).map(([kind, make]): [string, () => unknown] => [
    `returns ${kind}`,
    make,
  ]),
];

for (const [kind, collect] of COLLECTORS) {
  Deno.test(`Registry.expose() survives a collector that ${kind}`, async () => {
    const registry = new Registry();
    registry.register({ collect: collect as Collect }, { name: "bad" });
    registry.register({ collect: () => [new Metric("good", { value: 1 })] }, { name: "good" });
    for (const format of ["text", "openmetrics"] as const) {
      const text = (await registry.expose({ format })).text();
      assert(/^good 1$/m.test(text), text);
      assertEquals(/^evil/m.test(text), false, text);
      parseExposition(text, { format });
    }
    const { byteLength } = await registry.expose({ format: "protobuf" });
    assert(byteLength > 0);
  });
}
