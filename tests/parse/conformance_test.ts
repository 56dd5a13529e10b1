import { assert, assertThrows } from "@std/assert";
import { ExpositionError } from "../../exposition_error.ts";
import { parseExposition } from "../../parse.ts";

const CASES = new URL("../../../shared/conformance/openmetrics/", import.meta.url);

/** The content of a `test.json`. */
interface Case {
  readonly file: string;
  readonly shouldParse: boolean;
}

/** Returns the names of the cases, none if the folder does not exist. */
function findCases(): string[] {
  try {
    return Array.from(Deno.readDirSync(CASES), ({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const names = findCases();

Deno.test({
  name: names.length === 0
    ? "parseExposition() conforms to OpenMetrics (no cases in ../shared/conformance/openmetrics)"
    : "the OpenMetrics conformance cases include valid and invalid ones",
  ignore: names.length === 0,
  fn: () => {
    assert(names.some((name) => name.startsWith("bad_")));
    assert(names.some((name) => !name.startsWith("bad_")));
  },
});

for (const name of names) {
  const folder = new URL(`${name}/`, CASES);
  const { file, shouldParse }: Case = JSON.parse(
    Deno.readTextFileSync(new URL("test.json", folder)),
  );
  const verb = shouldParse ? "accepts" : "rejects";
  Deno.test(`parseExposition() ${verb} the OpenMetrics case ${name}`, () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const text = decoder.decode(Deno.readFileSync(new URL(file, folder)));
    const parse = () => parseExposition(text, { format: "openmetrics", source: name });
    if (shouldParse) parse();
    else assertThrows(parse, ExpositionError);
  });
}
