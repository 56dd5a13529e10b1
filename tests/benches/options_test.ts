import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseOptions, usage } from "../../benches/compare/options.ts";

const MEASURES = ["render", "gzip"];

Deno.test("parseOptions() has defaults", () => {
  assertEquals(parseOptions([], MEASURES), {
    short: false,
    only: [],
    rounds: 3,
    json: false,
    help: false,
  });
});

Deno.test("parseOptions() defaults to one round for a short run", () => {
  assertEquals(parseOptions(["--short"], MEASURES).rounds, 1);
  assertEquals(parseOptions(["--short", "--rounds", "2"], MEASURES).rounds, 2);
});

Deno.test("parseOptions() accepts repeated and comma-separated measures", () => {
  const { only } = parseOptions(["--only", "gzip", "--only=render,gzip"], MEASURES);
  assertEquals(only, ["gzip", "render", "gzip"]);
});

Deno.test("parseOptions() rejects unknown options and invalid values", () => {
  assertThrows(() => parseOptions(["--fast"], MEASURES), TypeError);
  assertThrows(
    () => parseOptions(["--only", "speed"], MEASURES),
    RangeError,
    'Cannot compare: expected one of render, gzip as measure, got "speed"',
  );
  for (const rounds of ["0", "1.5", "many"]) {
    assertThrows(
      () => parseOptions(["--rounds", rounds], MEASURES),
      RangeError,
      `Cannot compare: expected an integer of 1 or more as rounds, got "${rounds}"`,
    );
  }
});

Deno.test("usage() lists every option and every measure", () => {
  for (const word of ["--only", "--rounds", "--short", "--json", "--help", ...MEASURES]) {
    assertStringIncludes(usage(MEASURES), word);
  }
});
