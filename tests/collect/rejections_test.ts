import { assertEquals } from "@std/assert";
import type { Collect } from "../../collector.ts";
import { Metric } from "../../metric.ts";
import { Registry } from "../../registry.ts";

function rejecting(): Promise<never> {
  return Promise.reject(new Error("Unplugged"));
}

/** What collectors return or throw that has rejected promises in it. */
const RESULTS: Record<string, () => unknown> = {
  "an array": () => [new Metric("x"), rejecting(), rejecting()],
  "a set": () => new Set([rejecting(), rejecting()]),
  "a map": () => new Map([["a", rejecting()], ["b", rejecting()]]),
  "nested arrays": () => [[rejecting()], [[rejecting()]]],
  "an object": () => ({ a: rejecting(), b: [rejecting()] }),
  "an object of class Object in an array": () => [{ a: rejecting() }],
  "a thrown promise": () => {
    throw rejecting();
  },
  "a thrown array": () => {
    throw [rejecting(), rejecting()];
  },
};

for (const [kind, result] of Object.entries(RESULTS)) {
  for (const isAsync of [false, true]) {
    Deno.test(`rejected promises in ${kind} of ${isAsync ? "an async" : "a"} collector fail it and nothing else`, async () => {
      const unhandled: unknown[] = [];
      const onUnhandled = (event: PromiseRejectionEvent) => {
        event.preventDefault();
        unhandled.push(event.reason);
      };
      addEventListener("unhandledrejection", onUnhandled);
      const collect = (isAsync ? async () => await result() : result) as Collect;
      const registry = new Registry();
      registry.register({ collect }, { name: "bad" });
      registry.register({ collect: () => [new Metric("good", { value: 1 })] }, { name: "good" });
      const { outcomes, families } = await registry.gather();
      await new Promise((resolve) => setTimeout(resolve, 5));
      removeEventListener("unhandledrejection", onUnhandled);
      assertEquals(unhandled, []);
      assertEquals(outcomes.map(({ failure }) => failure !== undefined), [true, false]);
      assertEquals(families.some(({ name }) => name === "good"), true);
    });
  }
}
