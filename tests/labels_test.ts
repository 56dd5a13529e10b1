import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { Labels, type LabelsInit, type LabelsOptions } from "../labels.ts";
import type { Logger } from "../model/logger.ts";

const HOUSE = { site: "north", floor: "1" };

/** A logger that keeps what it is told. */
function makeLogger(): { logger: Logger; records: unknown[][] } {
  const records: unknown[][] = [];
  return {
    logger: { debug: (...args: unknown[]) => records.push(args) } as unknown as Logger,
    records,
  };
}

Deno.test("new Labels() is empty", () => {
  assertEquals([...new Labels()], []);
});

for (
  const [name, init] of [
    ["an object", HOUSE],
    ["pairs", [["site", "north"], ["floor", "1"]]],
    ["a Map", new Map(Object.entries(HOUSE))],
    ["other labels", new Labels(HOUSE)],
    ["an iterator, which can be read only once", Object.entries(HOUSE).values()],
    ["URLSearchParams", new URLSearchParams(HOUSE)],
  ] satisfies [string, LabelsInit][]
) {
  Deno.test(`new Labels() accepts ${name}`, () => {
    assertEquals([...new Labels(init)], [["site", "north"], ["floor", "1"]]);
  });
}

Deno.test("new Labels() copies its input", () => {
  const init = new Labels(HOUSE);
  const labels = new Labels(init);
  labels.set("site", "south");
  assertEquals(init.get("site"), "north");
});

Deno.test("new Labels() reads only own properties of an object", () => {
  const init: Record<string, string> = Object.create({ inherited: "yes" });
  init["own"] = "yes";
  assertEquals([...new Labels(init).keys()], ["own"]);
});

Deno.test("new Labels() keeps the last value of a name that is given twice", () => {
  assertEquals([...new Labels([["a", "1"], ["b", "2"], ["a", "3"]])], [["a", "3"], ["b", "2"]]);
});

for (
  const [init, got] of [
    [null, "null"],
    ["a", '"a"'],
    [1, "1"],
    [true, "true"],
    [() => {}, "a function"],
  ] as const
) {
  Deno.test(`new Labels() rejects ${got}`, () => {
    assertThrows(
      () => new Labels(init as unknown as LabelsInit),
      TypeError,
      `Cannot read labels: expected an object or pairs, got ${got}`,
    );
  });
}

for (const name of ["a", "A1", "_", "_a", "a_b", "constructor", "le"]) {
  Deno.test(`Labels.set() accepts the name ${name}`, () => {
    assertEquals(new Labels().set(name, "1").get(name), "1");
  });
}

for (const name of ["", "1a", "a-b", "a b", "a:b", "a.b", "é", "a\n"]) {
  Deno.test(`Labels.set() rejects the name ${JSON.stringify(name)}`, () => {
    assertThrows(
      () => new Labels().set(name, "1"),
      RangeError,
      `Cannot set label "${name}": expected a name that matches [a-zA-Z_][a-zA-Z0-9_]*`,
    );
  });
}

for (const name of ["__", "__name__", "__a"]) {
  Deno.test(`Labels.set() rejects the reserved name ${name}`, () => {
    assertThrows(
      () => new Labels().set(name, "1"),
      RangeError,
      `Cannot set label "${name}": names that begin with "__" are reserved`,
    );
  });
}

for (const value of ["1", " ", "\n", "__", '"', "🥪", "0"]) {
  Deno.test(`Labels.set() accepts the value ${JSON.stringify(value)}`, () => {
    assertEquals(new Labels().set("a", value).get("a"), value);
  });
}

Deno.test("Labels.set() replaces lone surrogates with U+FFFD", () => {
  assertEquals(new Labels().set("a", "\ud800x\udc00").get("a"), "\ufffdx\ufffd");
});

Deno.test("Labels.set() rejects an empty value", () => {
  assertThrows(
    () => new Labels().set("a", ""),
    RangeError,
    'Cannot set label "a": expected a value that is not empty',
  );
});

for (
  const [value, got] of [
    [1, "1"],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [["1"], "an array"],
    [new String("1"), "an object of class String"],
  ] as const
) {
  Deno.test(`Labels.set() rejects ${got} as a value`, () => {
    assertThrows(
      () => new Labels().set("a", value as unknown as string),
      TypeError,
      `Cannot set label "a": expected a string as value, got ${got}`,
    );
  });

  Deno.test(`Labels.set() rejects ${got} as a name`, () => {
    assertThrows(
      () => new Labels().set(value as unknown as string, "1"),
      TypeError,
      `Cannot set label: expected a string as name, got ${got}`,
    );
  });
}

Deno.test("Labels.set() changes nothing if it throws", () => {
  const labels = new Labels(HOUSE);
  assertThrows(() => labels.set("site", ""));
  assertEquals([...labels], [["site", "north"], ["floor", "1"]]);
});

Deno.test("Labels.set() returns the labels", () => {
  const labels = new Labels();
  assert(labels.set("a", "1") === labels);
});

Deno.test("Labels.update() sets the given labels and keeps the others", () => {
  const labels = new Labels(HOUSE).update({ floor: "2", room: "3" });
  assertEquals([...labels], [["site", "north"], ["floor", "2"], ["room", "3"]]);
});

for (
  const [name, bad] of [
    ["name", { floor: "2", "a-b": "3" }],
    ["reserved name", { floor: "2", __a: "3" }],
    ["empty value", { floor: "2", room: "" }],
    ["value that is not a string", { floor: "2", room: 3 as unknown as string }],
    ["pair", [["floor", "2"], ["room"]] as unknown as LabelsInit],
  ] satisfies [string, LabelsInit][]
) {
  Deno.test(`Labels.update() sets nothing if there is an invalid ${name}`, () => {
    const labels = new Labels(HOUSE);
    assertThrows(() => labels.update(bad));
    assertEquals([...labels], [["site", "north"], ["floor", "1"]]);
  });
}

Deno.test("Labels.update() sets nothing if the iterator throws", () => {
  function* pairs(): Generator<[string, string]> {
    yield ["floor", "2"];
    throw new Error("Lost");
  }
  const labels = new Labels(HOUSE);
  assertThrows(() => labels.update(pairs()), Error, "Lost");
  assertEquals(labels.get("floor"), "1");
});

Deno.test("Labels.copy() has the same labels in the same order", () => {
  assertEquals([...new Labels(HOUSE).copy()], [["site", "north"], ["floor", "1"]]);
});

Deno.test("Labels.copy() returns independent labels", () => {
  const labels = new Labels(HOUSE);
  const copy = labels.copy();
  copy.set("site", "south");
  copy.delete("floor");
  assertEquals([...labels], [["site", "north"], ["floor", "1"]]);
  assertNotStrictEquals(copy, labels);
});

Deno.test("Labels.copy() keeps the logger", () => {
  const { logger } = makeLogger();
  assert(new Labels(HOUSE, { logger }).copy().logger === logger);
});

Deno.test("Labels.copy() has no logger if there is none", () => {
  assertEquals(new Labels(HOUSE).copy().logger, undefined);
});

Deno.test("Labels logs each label that is set", () => {
  const { logger, records } = makeLogger();
  new Labels({ a: "1" }, { logger }).set("b", "2");
  assertEquals(records, [
    ["label set", { name: "a", value: "1" }],
    ["label set", { name: "b", value: "2" }],
  ]);
});

for (
  const [init, expected] of [
    [{}, ""],
    [{ a: "1" }, 'a="1"'],
    [{ b: "2", a: "1" }, 'b="2",a="1"'],
    [{ path: "C:\\DIR", text: 'say\n"yes"' }, 'path="C:\\\\DIR",text="say\\n\\"yes\\""'],
    [{ a: '1",b="2' }, 'a="1\\",b=\\"2"'],
  ] as const
) {
  Deno.test(`Labels.toString() writes ${JSON.stringify(init)}`, () => {
    assertEquals(`${new Labels(init)}`, expected);
  });
}

for (const init of [[null], ["ab"], [["a"]], [["a", "b", "c"]]]) {
  Deno.test(`new Labels() rejects ${JSON.stringify(init)}, which are not pairs`, () => {
    assertThrows(
      () => new Labels(init as unknown as Iterable<[string, string]>),
      TypeError,
      "Cannot read labels: expected pairs of name and value, got ",
    );
  });
}

Deno.test("new Labels() rejects unknown options", () => {
  assertThrows(
    () => new Labels({}, { utf8names: true } as LabelsOptions),
    TypeError,
    'Cannot create labels: unknown option "utf8names", did you mean "utf8Names"?',
  );
});
