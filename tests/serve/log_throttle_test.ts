import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { createLogger } from "../../log.ts";
import { LogThrottle, ThrottledLog } from "../../serve/log_throttle.ts";

function makeThrottle(maxKeys = 1000) {
  const clock = { time: 0 };
  return { clock, throttle: new LogThrottle({ interval: 60, now: () => clock.time, maxKeys }) };
}

Deno.test("LogThrottle.admit() admits the first message", () => {
  const { throttle } = makeThrottle();
  assertEquals(throttle.admit("disk", "timeout"), 0);
});

Deno.test("LogThrottle.admit() suppresses and counts a repeated message until the interval has passed", () => {
  const { clock, throttle } = makeThrottle();
  const admitted = [0, 1, 30, 59.9, 60, 61, 119, 120, 400].map((time) => {
    clock.time = time;
    return throttle.admit("disk", "timeout");
  });
  assertEquals(admitted, [0, undefined, undefined, undefined, 3, undefined, undefined, 2, 0]);
});

Deno.test("LogThrottle.admit() admits a different message of the same key", () => {
  const { throttle } = makeThrottle();
  throttle.admit("disk", "timeout");
  assertEquals(throttle.admit("disk", "no such disk"), 0);
});

Deno.test("LogThrottle.admit() suppresses alternating messages", () => {
  const { throttle } = makeThrottle();
  throttle.admit("disk", "timeout");
  throttle.admit("disk", "no such disk");
  assertEquals(throttle.admit("disk", "timeout"), undefined);
  assertEquals(throttle.admit("disk", "no such disk"), undefined);
});

Deno.test("LogThrottle.admit() keeps keys apart", () => {
  const { throttle } = makeThrottle();
  throttle.admit("disk", "timeout");
  assertEquals(throttle.admit("net", "timeout"), 0);
});

Deno.test("LogThrottle.admit() forgets the key that was admitted longest ago", () => {
  const { clock, throttle } = makeThrottle(2);
  throttle.admit("a", "x");
  throttle.admit("b", "x");
  clock.time = 60;
  throttle.admit("a", "x");
  throttle.admit("c", "x");
  assertEquals(throttle.recover("a"), true);
  assertEquals(throttle.recover("b"), false);
  assertEquals(throttle.recover("c"), true);
});

Deno.test("LogThrottle.admit() admits eight messages of a key per interval", () => {
  const { clock, throttle } = makeThrottle();
  for (let i = 0; i < 8; i++) assertEquals(throttle.admit("disk", `text ${i}`), 0);
  assertEquals(throttle.admit("disk", "text 8"), undefined);
  assertEquals(throttle.admit("net", "text 8"), 0);
  clock.time += 60;
  assertEquals(throttle.admit("disk", "text 8"), 0);
  assertEquals(throttle.admit("disk", "text 7"), 1);
});

Deno.test("LogThrottle has an interval of one minute by default", () => {
  const clock = { time: 0 };
  const throttle = new LogThrottle({ now: () => clock.time });
  throttle.admit("disk", "timeout");
  clock.time = 59;
  assertEquals(throttle.admit("disk", "timeout"), undefined);
  clock.time = 60;
  assertEquals(throttle.admit("disk", "timeout"), 1);
});

Deno.test("LogThrottle.admit() admits everything if the interval is 0", () => {
  const throttle = new LogThrottle({ interval: 0 });
  assertEquals([throttle.admit("disk", "x"), throttle.admit("disk", "x")], [0, 0]);
});

Deno.test("LogThrottle.recover() returns whether a failure was admitted since the last recovery", () => {
  const { throttle } = makeThrottle();
  assertEquals(throttle.recover("disk"), false);
  throttle.admit("disk", "timeout");
  assertEquals([throttle.recover("disk"), throttle.recover("disk")], [true, false]);
});

Deno.test("LogThrottle.admit() admits a failure after a recovery, so that the last message is true", () => {
  const { throttle } = makeThrottle();
  throttle.admit("disk", "timeout");
  throttle.admit("disk", "timeout");
  throttle.recover("disk");
  assertEquals([throttle.admit("disk", "timeout"), throttle.admit("disk", "timeout")], [
    1,
    undefined,
  ]);
});

Deno.test("LogThrottle.recover() returns false for a failure that alternates with success", () => {
  const { clock, throttle } = makeThrottle();
  const logged = Array.from({ length: 11 }, (_, i) => {
    clock.time = i * 15;
    return i % 2 === 0 ? throttle.admit("disk", "timeout") : throttle.recover("disk");
  });
  const [failed, recovered] = [0, true];
  assertEquals(logged.slice(0, 4), [failed, recovered, failed, false]);
  assertEquals(logged.slice(4), [undefined, false, 1, false, undefined, false, 1]);
});

Deno.test("LogThrottle.recover() returns true once what flapped has worked for an interval", () => {
  const { clock, throttle } = makeThrottle();
  const recover = (time: number) => {
    clock.time = time;
    return throttle.recover("disk");
  };
  throttle.admit("disk", "timeout");
  assertEquals(recover(1), true);
  throttle.admit("disk", "timeout");
  assertEquals([recover(2), recover(60.9), recover(61), recover(62)], [false, false, true, false]);
  clock.time = 200;
  throttle.admit("disk", "timeout");
  assertEquals(recover(201), true);
});

for (
  const [options, message] of [
    [{ interval: -1 }, "Cannot create log throttle: expected an interval of 0 or more, got -1"],
    [{ interval: NaN }, "Cannot create log throttle: expected an interval of 0 or more, got NaN"],
    [{ maxKeys: 0 }, "Cannot create log throttle: expected 1 key or more, got 0"],
  ] as const
) {
  Deno.test(`LogThrottle rejects ${Deno.inspect(options)}`, () => {
    assertThrows(() => new LogThrottle(options), RangeError, message);
  });
}

Deno.test("ThrottledLog compares the start of long messages only", () => {
  const { throttle } = makeThrottle();
  const messages: string[] = [];
  const admit = throttle.admit.bind(throttle);
  throttle.admit = (key, text) => {
    messages.push(text);
    return admit(key, text);
  };
  const log = new ThrottledLog(createLogger("test", { write: () => {} }), throttle);
  log.logFailure("warn", "disk", "x".repeat(50_000_000), "disk failed", {});
  assertEquals(messages.map(({ length }) => length), [1000]);
});

for (
  const [what, reason] of Object.entries({
    "a symbol as message": Object.defineProperty(new Error(), "message", { value: Symbol() }),
    "a symbol as name": Object.assign(new Error(), { name: Symbol() }),
    "a number as stack": Object.assign(new Error(), { stack: 5 }),
    "a message that throws": Object.defineProperty(new Error(), "message", {
      get() {
        throw new Error("Unplugged");
      },
    }),
    "a prototype that throws": new Proxy({}, {
      getPrototypeOf() {
        throw new Error("Unplugged");
      },
    }),
  })
) {
  Deno.test(`ThrottledLog.logFailure() survives an error with ${what}`, () => {
    const lines: string[] = [];
    const logger = createLogger("test", { write: (line) => lines.push(line) });
    new ThrottledLog(logger).logFailure("warn", "x", reason, "failed", { error: reason });
    assertEquals(lines.length, 1);
    assertMatch(lines[0]!, /level=warn logger=test msg=failed error=/);
  });
}
