import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ExpositionError } from "../../exposition_error.ts";
import type { Family } from "../../model/family.ts";
import { parseExposition, parseProtobuf } from "../../parse.ts";
import { encode } from "../support/encode.ts";
import { generate, scrape } from "../support/exposition_generator.ts";
import { fuzz, likeText } from "../support/fuzz.ts";

const TOKENS = [
  ...["\n", " ", "\t", "#", "{", "}", '"', "\\", ",", "=", "# EOF\n", "# TYPE x histogram\n"],
  ...["# HELP ", "# UNIT ", "NaN", "+Inf", "-Inf", "1e308", "-0", "0x1p3", "1_0", "_total", "_sum"],
  ...["_bucket", "_created", 'le="1"', 'quantile="2"', "__proto__", "\0", "\uFEFF", "\u2028", "\r"],
];

const FORMATS = ["text", "openmetrics"] as const;

/** Expositions of random families in each format. */
async function expositions(): Promise<Record<(typeof FORMATS)[number], string[]>> {
  const all: Record<(typeof FORMATS)[number], string[]> = { text: [], openmetrics: [] };
  for (let seed = 0; seed < 30; seed++) {
    const { families } = await scrape(generate(seed));
    for (const format of FORMATS) {
      using exposition = await encode(families, format);
      all[format].push(exposition.text().slice(0, 4000));
    }
  }
  return all;
}

/** The samples as texts, in any order. The formats have no negative zero. */
function show(families: readonly Family[]): string[] {
  return families.flatMap(({ type, samples }) =>
    samples.map(({ series, value, timestamp }) => `${type} ${series} ${value + 0} ${timestamp}`)
  ).sort();
}

for (const format of FORMATS) {
  Deno.test(`parseExposition() reads any ${format} or throws an ExpositionError, and what it reads can be written`, async () => {
    const texts = likeText((await expositions())[format], TOKENS);
    let read = 0;
    await fuzz(texts, async (text) => {
      let families: Family[];
      try {
        families = parseExposition(text, { format });
      } catch (error) {
        if (error instanceof ExpositionError) return;
        throw error;
      }
      read++;
      using exposition = await encode(families, format);
      assertEquals(show(parseExposition(exposition.text(), { format })), show(families));
    });
    if (read < 20) throw new Error(`Only ${read} inputs were valid`);
  });

  Deno.test(`parseExposition() reports all errors in any ${format}`, async () => {
    const texts = likeText((await expositions())[format], TOKENS);
    await fuzz(texts, (text) => {
      const errors: unknown[] = [];
      parseExposition(text, { format, onError: (error) => errors.push(error) });
      if (!errors.every((error) => error instanceof ExpositionError)) throw errors[0];
    });
  });
}

const MESSAGES = await Promise.all(
  Array.from({ length: 20 }, async (_, seed) => {
    using exposition = await encode((await scrape(generate(seed))).families, "protobuf");
    return exposition.bytes().slice(0, 2000);
  }),
);

/** Messages with changes of single bytes. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 50 }),
  fc.tuple(
    fc.constantFrom(...MESSAGES),
    fc.array(fc.tuple(fc.nat(2000), fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff))), {
      maxLength: 6,
    }),
    fc.nat(2000),
  ).map(([message, changes, end]) => {
    const changed = end % 3 === 0 ? message.slice(0, end) : message.slice();
    for (const [at, byte] of changes) if (at < changed.length) changed[at] = byte;
    return changed;
  }),
);

Deno.test("parseProtobuf() reads any bytes or throws a SyntaxError", async () => {
  await fuzz(bytes, (bytes) => {
    try {
      parseProtobuf(bytes);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  });
});
