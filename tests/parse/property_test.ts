import { assert, assertEquals } from "@std/assert";
import { parseBound } from "../../model/numbers.ts";
import { parseExposition } from "../../parse.ts";
import type { Family } from "../../model/family.ts";
import type { Sample } from "../../model/sample.ts";
import { TEXT } from "../../encode/text.ts";
import { encodeOpenMetrics, encodeText } from "../support/encode.ts";
import { generate, scrape } from "../support/exposition_generator.ts";

const SCENARIOS = 1000;

type Pieces = readonly Uint8Array<ArrayBuffer>[];

async function decode(pieces: Pieces): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return decoder.decode(await new Blob([...pieces]).bytes());
}

/** Encodes the families of many scenarios, and checks the texts. */
async function forEachScenario(
  write: (families: readonly Family[]) => Promise<Pieces>,
  check: (text: string, families: readonly Family[]) => void | Promise<void>,
): Promise<void> {
  for (let seed = 0; seed < SCENARIOS; seed++) {
    const { families } = await scrape(generate(seed));
    const text = await decode(await write(families));
    try {
      await check(text, families);
    } catch (cause) {
      throw new Error(`Failed for seed ${seed}:\n${text}`, { cause });
    }
  }
}

/** A sample as it should be read back: UTF-8 has no lone surrogates, and the formats no negative zero. */
function show({ name, labels, value, timestamp }: Sample): string {
  const texts = labels.map((text) => text.toWellFormed());
  return `${JSON.stringify([name, texts])} ${value} ${timestamp}`;
}

/** A sample with sorted labels and normalized bounds. */
function showLoosely({ name, labels, value, timestamp }: Sample): string {
  const pairs = labels.flatMap((label, i) => {
    const text = labels[i + 1] ?? "";
    if (i % 2 === 1) return [];
    const bound = label === "le" || label === "quantile" ? parseBound(text) : undefined;
    return [[label, bound === undefined ? text.toWellFormed() : `${bound}`]];
  });
  return `${JSON.stringify([name, pairs.sort()])} ${value} ${timestamp}`;
}

/** A help text as the text format has it, without leading and trailing blanks. */
function showHelp(help: string | undefined): string | undefined {
  return help?.toWellFormed().replace(/^[ \t]+|[ \t]+$/g, "") || undefined;
}

Deno.test("parseExposition() reads back what encodeText() writes", async () => {
  let samples = 0;
  await forEachScenario(encodeText, async (text, families) => {
    const converted = await Promise.all(families.map((family) => TEXT.convert(family, false)));
    const expected = converted.flat().filter(({ samples }) => samples.length > 0);
    const parsed = parseExposition(text);
    assertEquals(
      parsed.map(({ name, type, help, samples }) => [name, type, help, samples.map(show)]),
      expected.map(({ name, type, help, samples }) => [
        name,
        type,
        showHelp(help),
        samples.map(show),
      ]),
    );
    for (const family of parsed) samples += family.samples.length;
  });
  assert(samples > 10 * SCENARIOS, `${samples}`);
});

Deno.test("parseExposition() reads back what encodeOpenMetrics() writes", async () => {
  let typed = 0;
  await forEachScenario(encodeOpenMetrics, (text, families) => {
    const parsed = parseExposition(text, { format: "openmetrics" });
    assertEquals(
      parsed.flatMap(({ samples }) => samples.map(showLoosely)).sort(),
      families.flatMap(({ samples }) => samples.map(showLoosely)).sort(),
    );
    typed += parsed.filter(({ type }) => type !== "untyped").length;
  });
  assert(typed > SCENARIOS, `${typed}`);
});
