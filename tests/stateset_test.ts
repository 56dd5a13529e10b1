import { familiesOf } from "./support/instrument.ts";
import { assertEquals, assertThrows } from "@std/assert";
import type { Family } from "../model/family.ts";
import { Info } from "../info.ts";
import { StateSet } from "../stateset.ts";

function series({ families }: { families: Family[] }): Record<string, number> {
  return Object.fromEntries(
    families.flatMap(({ samples }) => samples.map(({ series, value }) => [series, value])),
  );
}

Deno.test("Info exposes nothing until it is set, and then what was set last", () => {
  const info = new Info("build_info", "What runs.", { labels: ["version", "os"] });
  assertEquals(series({ families: familiesOf(info) }), {});
  info.set({ version: "1", os: "linux" });
  info.set("2", "linux");
  assertEquals(series({ families: familiesOf(info) }), {
    'build_info{version="2",os="linux"}': 1,
  });
  assertEquals(familiesOf(info)[0]?.type, "info");
});

Deno.test("Info.set() changes nothing if a value is wrong", () => {
  const info = new Info("build_info", "", { labels: { os: ["linux", "windows"] } });
  info.set({ os: "linux" });
  assertThrows(() => info.set({ os: "plan9" as "linux" }), RangeError, 'got "plan9"');
  assertEquals(series({ families: familiesOf(info) }), { 'build_info{os="linux"}': 1 });
});

Deno.test("Info never exposes more than one line", () => {
  const info = new Info("build_info", "", { labels: { os: ["linux", "windows"] } });
  info.set({ os: "linux" });
  info.labels({ os: "windows" });
  assertEquals(series({ families: familiesOf(info) }), { 'build_info{os="windows"}': 1 });
  info.clear();
  assertEquals(series({ families: familiesOf(info) }), {});
});

Deno.test("new Info() rejects a name without its suffix", () => {
  assertThrows(
    () => new Info("build", ""),
    RangeError,
    'Cannot create info "build": expected a name that ends in "_info"',
  );
});

Deno.test("StateSet tells of each state whether it is on", () => {
  const door = new StateSet("door", "", { states: ["open", "closed", "locked"] });
  const off = { 'door{door="open"}': 0, 'door{door="closed"}': 0, 'door{door="locked"}': 0 };
  assertEquals(series({ families: familiesOf(door) }), off);
  door.set("closed");
  door.set("locked", true);
  assertEquals(series({ families: familiesOf(door) }), {
    ...off,
    'door{door="closed"}': 1,
    'door{door="locked"}': 1,
  });
  door.set("locked", false);
  assertEquals([door.has("closed"), door.has("locked")], [true, false]);
  door.setOnly("open");
  assertEquals(series({ families: familiesOf(door) }), { ...off, 'door{door="open"}': 1 });
  assertEquals(familiesOf(door)[0]?.type, "stateset");
});

Deno.test("StateSet with labels has states for each combination", () => {
  const door = new StateSet("door", "", { states: ["open"], labels: ["floor"] });
  door.labels("1").set("open");
  door.labels("2");
  assertEquals(series({ families: familiesOf(door) }), {
    'door{floor="1",door="open"}': 1,
    'door{floor="2",door="open"}': 0,
  });
});

Deno.test("StateSet rejects a state that does not exist", () => {
  const door = new StateSet("door", "", { states: ["open", "closed"] });
  for (const set of ["set", "setOnly"] as const) {
    assertThrows(
      () => door[set]("ajar" as "open"),
      RangeError,
      'Cannot set state of "door": expected one of "open", "closed", got "ajar"',
    );
  }
});

Deno.test("StateSet.set() rejects what is neither true nor false", () => {
  const door = new StateSet("door", "", { states: ["open"] });
  assertThrows(
    () => door.set("open", "off" as unknown as boolean),
    TypeError,
    'Cannot set state of "door": expected true or false, got "off"',
  );
});

Deno.test("new StateSet() rejects states and names that cannot be", () => {
  for (const states of [["a", "a"], [""], []]) {
    assertThrows(
      () => new StateSet("door", "", { states }),
      RangeError,
      "states that are different",
    );
  }
  assertThrows(() => new StateSet("a:b", "", { states: ["a"] }), RangeError);
  assertThrows(() => new StateSet("door", "", { states: ["a"], labels: ["door"] }), RangeError);
  for (const states of ["a", [1], undefined] as unknown as string[][]) {
    assertThrows(
      () => new StateSet("door", "", { states }),
      TypeError,
      "list of strings as states",
    );
  }
});

Deno.test("new StateSet() refuses states that UTF-8 cannot tell apart", () => {
  assertThrows(() => new StateSet("x", "", { states: ["\ud800", "\ud801"] }), RangeError);
});
