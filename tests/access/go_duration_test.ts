import { assertAlmostEquals, assertEquals } from "@std/assert";
import { parseGoDuration } from "../../access/go_duration.ts";

for (
  const [text, seconds] of [
    ["0", 0],
    ["0s", 0],
    ["1s", 1],
    ["1.5s", 1.5],
    [".5s", 0.5],
    ["1.s", 1],
    ["1h2m3s", 3723],
    ["300ms", 0.3],
    ["5us", 5e-6],
    ["5µs", 5e-6],
    ["5μs", 5e-6],
    ["7ns", 7e-9],
  ] as const
) {
  Deno.test(`parseGoDuration() reads "${text}"`, () => {
    assertAlmostEquals(parseGoDuration(text)!, seconds, 1e-12);
  });
}

for (const text of ["", "1", "s", ".s", "1 s", "-1s", "+1s", "1d", "1e3s", "1s ", "٣s"]) {
  Deno.test(`parseGoDuration() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(parseGoDuration(text), undefined);
  });
}
