import { assertEquals } from "@std/assert";
import { Metric } from "../metric.ts";
import { deadlineIn } from "../model/deadline.ts";
import { Registry } from "../registry.ts";
import { StoppedDate } from "./support/stopped_date.ts";

Deno.test("Registry.gather() waits for collectors although the clock is set forward", async () => {
  const registry = new Registry();
  registry.register({
    async collect() {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return [new Metric("x")];
    },
  }, { name: "slow" });
  using date = new StoppedDate();
  const deadline = deadlineIn(10);
  date.advance(86_400);
  const { outcomes } = await registry.gather({ deadline });
  assertEquals(outcomes.map(({ failure }) => failure), [undefined]);
});

Deno.test("Registry.gather() ends at the deadline although the clock is set back", async () => {
  const registry = new Registry();
  registry.register({ collect: () => new Promise(() => {}) }, { name: "hung" });
  using date = new StoppedDate();
  const deadline = deadlineIn(0.02);
  date.advance(-86_400);
  const { outcomes } = await registry.gather({ deadline });
  assertEquals(outcomes.map(({ failure }) => failure !== undefined), [true]);
});
