import { assertAlmostEquals, assertEquals } from "@std/assert";
import { deadlineIn, roundSeconds, secondsUntil, settlesWithin } from "../../model/deadline.ts";
import { StoppedClock } from "../support/stopped_clock.ts";
import { StoppedDate } from "../support/stopped_date.ts";

Deno.test("deadlineIn() returns the time this many seconds from now", () => {
  assertAlmostEquals(deadlineIn(100).getTime(), Date.now() + 100_000, 1000);
});

Deno.test("settlesWithin() returns true for a promise that resolves", async () => {
  assertEquals(await settlesWithin(Promise.resolve(), 1000), true);
});

Deno.test({
  name: "settlesWithin() clears its timer",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => void await settlesWithin(Promise.resolve(), 1000),
});

Deno.test("settlesWithin() returns true for a promise that rejects", async () => {
  assertEquals(await settlesWithin(Promise.reject(new Error("Down")), 1000), true);
});

Deno.test("settlesWithin() returns false for a promise that takes longer", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  assertEquals(await settlesWithin(promise, 0), false);
  resolve();
});

Deno.test("settlesWithin() returns true for a settled promise, even within 0 seconds", async () => {
  assertEquals(await settlesWithin(Promise.resolve(), 0), true);
});

Deno.test("settlesWithin() accepts times beyond the limit of setTimeout()", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const settled = settlesWithin(promise, Infinity);
  setTimeout(resolve);
  assertEquals(await settled, true);
});

for (
  const [seconds, expected] of [[0.1 + 0.2, 0.3], [1.23456789, 1.234568], [0, 0], [60, 60]] as const
) {
  Deno.test(`roundSeconds() rounds ${seconds} to ${expected}`, () => {
    assertEquals(roundSeconds(seconds), expected);
  });
}

for (const jump of [-86_400, 0, 86_400]) {
  for (
    const [name, create] of [
      ["of deadlineIn()", () => deadlineIn(10)],
      ["of somebody else", () => new Date(Date.now() + 10_000)],
    ] as const
  ) {
    Deno.test(`secondsUntil() a deadline ${name} ignores that the clock is set by ${jump} s`, () => {
      using date = new StoppedDate();
      using clock = new StoppedClock();
      const deadline = create();
      assertAlmostEquals(secondsUntil(deadline), 10);
      date.advance(jump);
      assertAlmostEquals(secondsUntil(deadline), 10);
      clock.advance(4000);
      assertAlmostEquals(secondsUntil(deadline), 6);
      clock.advance(7000);
      assertAlmostEquals(secondsUntil(deadline), -1);
    });
  }
}
