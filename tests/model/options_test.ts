import { assertThrows } from "@std/assert";
import { checkNames } from "../../model/options.ts";

const NAMES = ["labels", "quantiles", "window", "windowParts", "maxAge", "listenIp", "listenPort"];

for (
  const [name, hint] of [
    ["lables", ', did you mean "labels"?'],
    ["labelNames", ', did you mean "labels"?'],
    ["percentiles", ', did you mean "quantiles"?'],
    ["maxAgeSeconds", ', did you mean "window"?'],
    ["MaxAge", ', did you mean "window"?'],
    ["ageBuckets", ', did you mean "windowParts"?'],
    ["port", ', did you mean "listenPort"?'],
    ["hostname", ', did you mean "listenIp"?'],
    ["path", ""],
    ["constructor", ""],
    ["namespace", ", write it into the name"],
  ] as const
) {
  Deno.test(`checkNames() rejects "${name}" ${hint === "" ? "without" : "with"} a hint`, () => {
    const advice = new Map([["namespace", "write it into the name"]]);
    assertThrows(
      () => checkNames("Cannot do it", { labels: 1, [name]: 2 }, NAMES, advice),
      TypeError,
      `Cannot do it: unknown option "${name}"${hint}`,
    );
  });
}

Deno.test("checkNames() suggests a counterpart only where it is allowed", () => {
  assertThrows(
    () => checkNames("Cannot do it", { MaxAge: 1 }, ["maxAge"]),
    TypeError,
    'unknown option "MaxAge", did you mean "maxAge"?',
  );
});
