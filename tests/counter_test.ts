import type { Instrument } from "../instrument.ts";
import { familiesOf } from "./support/instrument.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Counter } from "../counter.ts";

/** The series of an instrument with their values. */
function series(counter: Instrument): Record<string, number> {
  return Object.fromEntries(
    familiesOf(counter).flatMap(({ samples }) =>
      samples.map(({ series, value }) => [series, value])
    ),
  );
}

Deno.test("new Counter() without labels is exposed as 0 from the start", () => {
  const counter = new Counter("jobs_total", "Jobs done.");
  assertEquals(familiesOf(counter).map(({ name, type, help }) => ({ name, type, help })), [
    { name: "jobs_total", type: "counter", help: "Jobs done." },
  ]);
  assertEquals(series(counter), { jobs_total: 0 });
});

Deno.test("new Counter() with labels exposes nothing until they are used", () => {
  const counter = new Counter("jobs_total", "Jobs done.", { labels: ["queue"] });
  assertEquals(series(counter), {});
  counter.labels("mail");
  assertEquals(series(counter), { 'jobs_total{queue="mail"}': 0 });
});

Deno.test("new Counter() with declared values exposes every combination from the start", () => {
  const counter = new Counter("jobs_total", "Jobs done.", {
    labels: { queue: ["mail", "print"], state: ["ok", "failed"] },
  });
  assertEquals(series(counter), {
    'jobs_total{queue="mail",state="ok"}': 0,
    'jobs_total{queue="mail",state="failed"}': 0,
    'jobs_total{queue="print",state="ok"}': 0,
    'jobs_total{queue="print",state="failed"}': 0,
  });
});

Deno.test("new Counter() with values declared in part exposes nothing until they are used", () => {
  const counter = new Counter("jobs_total", "Jobs done.", {
    labels: { queue: ["mail", "print"], route: String },
  });
  assertEquals(series(counter), {});
});

Deno.test("new Counter() rejects what cannot be", () => {
  const cases: [args: unknown[], error: typeof RangeError | typeof TypeError, message: string][] = [
    [["1x", ""], RangeError, 'Cannot create metric "1x": expected a name that matches'],
    [["x"], TypeError, 'Cannot create counter "x": expected a string as help, got undefined'],
    [
      [{ name: "x", help: "" }],
      TypeError,
      "Cannot create counter: expected a name, a help text and options as three arguments, " +
      "got an object as name",
    ],
    [
      ["x", "", { labelNames: [] }],
      TypeError,
      'Cannot create counter "x": unknown option "labelNames", did you mean "labels"?',
    ],
    [
      ["x", "", { registers: [] }],
      TypeError,
      'Cannot create counter "x": unknown option "registers", call register() of the registry',
    ],
    [
      ["x", "", { Subsystem: "a" }],
      TypeError,
      'Cannot create counter "x": unknown option "Subsystem", write it into the name',
    ],
    [["x", "", { unit: 1 }], TypeError, 'Cannot use unit of metric "x": expected a string, got 1'],
  ];
  for (const [args, error, message] of cases) {
    assertThrows(() => new Counter(...args as [string, string]), error, message);
  }
});

Deno.test("Counter.inc() adds 1 or an amount", () => {
  const counter = new Counter("x_total", "");
  counter.inc();
  counter.inc(2.5);
  counter.inc(0);
  assertEquals(counter.value, 3.5);
});

Deno.test("Counter.inc() rejects a negative amount and NaN", () => {
  const counter = new Counter("x_total", "");
  for (const [amount, shown] of [[-1, "-1"], [NaN, "NaN"], [-Infinity, "-Infinity"]] as const) {
    assertThrows(
      () => counter.inc(amount),
      RangeError,
      `Cannot increase counter "x_total": expected a number of 0 or more, got ${shown}`,
    );
  }
  assertEquals(counter.value, 0);
});

Deno.test("Counter.inc() rejects what is no number", () => {
  const counter = new Counter("x_total", "");
  for (const amount of ["1", true, null, 1n, []] as unknown as number[]) {
    assertThrows(() => counter.inc(amount), TypeError, 'Cannot increase counter "x_total"');
  }
  assertEquals(counter.value, 0);
});

Deno.test("Counter.inc() keeps the last exemplar, with the time", () => {
  const counter = new Counter("x_total", "");
  counter.inc(2, { trace_id: "a" });
  const before = Date.now();
  counter.inc(3, { trace_id: "b" });
  counter.inc();
  const [sample] = familiesOf(counter)[0]!.samples;
  const { timestamp, ...exemplar } = sample!.exemplar!;
  assertEquals([sample?.value, exemplar], [6, { labels: ["trace_id", "b"], value: 3 }]);
  assert(before <= timestamp! && timestamp! <= Date.now());
});

Deno.test("Counter.inc() counts also with an exemplar that cannot be, and keeps the last good one", () => {
  const counter = new Counter("x_total", "");
  counter.inc(1, { trace_id: "a", span_id: "" });
  for (const exemplar of [{ trace_id: "x".repeat(121) }, { "1": "x" }, { a: 1 }, "x", null]) {
    counter.inc(1, exemplar as unknown as Record<string, string>);
  }
  const [sample] = familiesOf(counter)[0]!.samples;
  assertEquals([sample?.value, sample?.exemplar?.labels], [6, ["trace_id", "a"]]);
});

Deno.test("Counter.inc() needs the labels that there are", () => {
  const counter = new Counter("x_total", "", { labels: ["a", "b"] });
  assertThrows(
    () => (counter as unknown as Counter).inc(),
    TypeError,
    'Cannot use counter "x_total" without labels: expected "a", "b"',
  );
});

Deno.test("Counter.labels() gives children of the same series for the same values, in either form", () => {
  const counter = new Counter("x_total", "", { labels: ["a", "b"] });
  const child = counter.labels("1", "2");
  child.inc(2);
  counter.labels({ b: "2", a: "1" }).inc();
  assertEquals([child.value, counter.labels("1", "2").value], [3, 3]);
  assertEquals(series(counter), { 'x_total{a="1",b="2"}': 3 });
});

Deno.test("Counter.labels() takes an empty value for no label", () => {
  const counter = new Counter("x_total", "", { labels: ["a", "b"] });
  counter.labels("", "2").inc();
  counter.labels("", "").inc();
  assertEquals(series(counter), { 'x_total{b="2"}': 1, "x_total": 1 });
});

Deno.test("Counter.labels() rejects other labels and values", () => {
  const listed = new Counter("x_total", "", { labels: ["a", "b"] });
  const cases: [args: unknown[], message: string][] = [
    [[], "got nothing"],
    [[{}], "got {}"],
    [["1"], 'got "1"'],
    [["1", "2", "3"], 'got "1", "2", "3"'],
    [[{ a: "1" }], 'got a: "1"'],
    [[{ a: "1", b: "2", c: "3" }], 'got a: "1", b: "2", c: "3"'],
    [[{ a: "1", b: 2 }], 'got a: "1", b: 2'],
    [["1", 2], 'got "1", 2'],
    [[null], "got null"],
  ];
  for (const [args, message] of cases) {
    assertThrows(
      () => listed.labels(...args as [string, string]),
      TypeError,
      `Cannot find series of counter "x_total": expected a string for each of "a", "b", ${message}`,
    );
  }
  assertEquals(series(listed), {});
});

Deno.test("Counter.labels() rejects a value that is not allowed", () => {
  const counter = new Counter("x_total", "", {
    labels: { method: ["GET", "POST"], route: String },
  });
  assertThrows(
    () => counter.labels({ method: "PUT" as "GET", route: "/" }),
    RangeError,
    'Cannot find series of counter "x_total": ' +
      'expected label "method" to be one of "GET", "POST", got "PUT"',
  );
});

Deno.test("Counter.labels() rejects too many values also where fewer lead to a child", () => {
  const counter = new Counter("x_total", "", { labels: ["a"] });
  counter.labels("1");
  assertThrows(() => counter.labels(...["1", "2"] as unknown as ["1"]), TypeError, 'got "1", "2"');
});

Deno.test("Counter.labels() takes values that UTF-8 cannot tell apart for the same", () => {
  const counter = new Counter("x_total", "", { labels: ["a"] });
  counter.labels("\ud800").inc();
  counter.labels("\ufffd").inc();
  assertEquals(series(counter), { 'x_total{a="\ufffd"}': 2 });
});

Deno.test("Counter without labels is there again after it was removed", () => {
  const counter = new Counter("x_total", "");
  counter.remove({});
  counter.inc();
  assertEquals(series(counter), { x_total: 1 });
});

Deno.test("Counter.labelNames cannot be changed", () => {
  const counter = new Counter("x_total", "", { labels: ["a"] });
  assertThrows(() => (counter.labelNames as string[]).push("b"), TypeError);
});

Deno.test("new Counter() rejects options that do not exist", () => {
  assertThrows(
    () => new Counter("x_total", "", { lables: ["a"] } as unknown as { labels: ["a"] }),
    TypeError,
    'Cannot create counter "x_total": unknown option "lables", did you mean "labels"?',
  );
});

Deno.test("Counter.remove() takes a series away, and leaves its child harmless", () => {
  const counter = new Counter("x_total", "", { labels: ["a"] });
  const child = counter.labels("1");
  assertEquals([counter.remove({ a: "1" }), counter.remove("1")], [true, false]);
  child.inc(7);
  assertEquals(series(counter), {});
  counter.labels("1").inc();
  assertEquals(series(counter), { 'x_total{a="1"}': 1 });
});

Deno.test("Counter.clear() begins anew", () => {
  const plain = new Counter("x_total", "");
  plain.inc();
  plain.clear();
  assertEquals(series(plain), { x_total: 0 });
  const labelled = new Counter("x_total", "", { labels: ["a"] });
  labelled.labels("1").inc();
  labelled.clear();
  assertEquals(series(labelled), {});
});

Deno.test("familiesOf(Counter) gives samples that do not change", () => {
  const counter = new Counter("x_total", "");
  const [family] = familiesOf(counter);
  counter.inc();
  assertEquals(family?.samples.map(({ value }) => value), [0]);
});

Deno.test("Counter.countErrors() counts what is thrown and passes it on", async () => {
  const counter = new Counter("errors_total", "");
  const error = new RangeError("no");
  assertEquals(counter.countErrors(() => 1), 1);
  assertEquals(await counter.countErrors(() => Promise.resolve(2)), 2);
  assertEquals(counter.value, 0);
  assertStrictEquals(
    assertThrows(() =>
      counter.countErrors(() => {
        throw error;
      })
    ),
    error,
  );
  assertStrictEquals(
    await assertRejects(() => counter.countErrors(() => Promise.reject(error))),
    error,
  );
  assertEquals(counter.value, 2);
});

Deno.test("Counter.countErrors() counts what any thenable rejects with", async () => {
  const counter = new Counter("errors_total", "");
  const thenable: PromiseLike<number> = {
    then: (...handlers) => Promise.reject(new Error("no")).then(...handlers),
  };
  await assertRejects(() => Promise.resolve(counter.countErrors(() => thenable)), Error, "no");
  assertEquals(counter.value, 1);
});

Deno.test("Counter.countErrors() passes an error on although the test of it fails", () => {
  const counter = new Counter("errors_total", "");
  const fail = (what: string) => () => {
    throw new Error(what);
  };
  assertThrows(() => counter.countErrors(fail("original"), fail("test")), Error, "original");
  assertEquals(counter.value, 0);
});

Deno.test("Counter.countErrors() counts only the errors that are asked for", () => {
  const counter = new Counter("errors_total", "");
  const fail = () => {
    throw new RangeError("no");
  };
  assertThrows(() => counter.countErrors(fail, TypeError));
  assertThrows(() => counter.countErrors(fail, (error) => String(error).includes("yes")));
  assertEquals(counter.value, 0);
  assertThrows(() => counter.countErrors(fail, RangeError));
  assertThrows(() => counter.countErrors(fail, Error));
  assertThrows(() => counter.countErrors(fail, (error) => String(error).includes("no")));
  assertEquals(counter.value, 3);
});
