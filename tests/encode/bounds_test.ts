import { assert, assertEquals } from "@std/assert";
import { Bounds } from "../../encode/bounds.ts";

Deno.test("Bounds.write() returns canonical numbers", () => {
  const bounds = new Bounds();
  const written = ["1", "1.0", "+Inf", "1e3", "1", `0.${"0".repeat(200)}`].map((bound) =>
    bounds.write(bound)
  );
  assertEquals(written, ["1.0", "1.0", "+Inf", "1000.0", "1.0", "0.0"]);
});

Deno.test("Bounds.write() keeps a limited number of short bounds", () => {
  const { set } = Map.prototype;
  let largest = 0;
  let longest = 0;
  Map.prototype.set = function (key, value) {
    longest = Math.max(longest, String(key).length);
    set.call(this, key, value);
    largest = Math.max(largest, this.size);
    return this;
  };
  try {
    const bounds = new Bounds();
    for (let i = 0; i < 25_000; i++) assertEquals(bounds.write(`${i}`), `${i}.0`);
    bounds.write(`1${"0".repeat(200)}`);
  } finally {
    Map.prototype.set = set;
  }
  assert(largest > 0 && largest <= 10_000, `${largest} bounds`);
  assert(longest <= 100, `${longest} characters`);
});
