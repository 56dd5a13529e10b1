import { assertEquals, assertThrows } from "@std/assert";
import { parseBound } from "../../model/numbers.ts";
import { parseProtobuf } from "../../parse.ts";
import { protobufFamilies } from "../../encode/protobuf.ts";
import type { Family } from "../../model/family.ts";
import { Sample } from "../../model/sample.ts";
import { encodeProtobuf } from "../support/encode.ts";
import { generate, scrape } from "../support/exposition_generator.ts";

const SCENARIOS = 500;

async function write(families: readonly Family[]): Promise<Uint8Array> {
  return await new Blob([...await encodeProtobuf(families)]).bytes();
}

/** A sample with sorted labels and normalized bounds. */
function show({ name, labels, value, timestamp }: Sample): string {
  const pairs = labels.flatMap((label, i) => {
    if (i % 2 === 1) return [];
    const text = labels[i + 1]!;
    const bound = label === "le" || label === "quantile" ? parseBound(text) : undefined;
    return [[label, bound === undefined ? text.toWellFormed() : `${bound}`]];
  });
  return `${JSON.stringify([name, pairs.sort()])} ${value} ${timestamp}`;
}

Deno.test("parseProtobuf() reads back what encodeProtobuf() writes", async () => {
  for (let seed = 0; seed < SCENARIOS; seed++) {
    const { families } = await scrape(generate(seed));
    const expected = families.flatMap(protobufFamilies);
    const read = parseProtobuf(await write(families));
    assertEquals(
      read.map(({ name, type }) => `${type} ${name}`),
      expected.map(({ name, type }) => `${type} ${name}`),
      `seed ${seed}`,
    );
    for (const [i, { samples }] of read.entries()) {
      assertEquals(samples.map(show).sort(), expected[i]!.samples.map(show).sort(), `seed ${seed}`);
    }
  }
});

const X: Family = { name: "x", type: "gauge", samples: [new Sample("x", ["a", "b"], 1)] };

Deno.test("parseProtobuf() rejects duplicate families and series", async () => {
  const bytes = await write([X]);
  assertThrows(
    () => parseProtobuf(new Uint8Array([...bytes, ...bytes])),
    SyntaxError,
    "got x twice",
  );
  const twice = await write([{ ...X, samples: [...X.samples, ...X.samples] }]);
  assertThrows(() => parseProtobuf(twice), SyntaxError, 'got x{a="b"} twice');
});

Deno.test("parseProtobuf() rejects a message truncated at any byte", async () => {
  const bytes = await write([X]);
  for (let length = 1; length < bytes.length; length++) {
    assertThrows(() => parseProtobuf(bytes.slice(0, length)), SyntaxError, "more bytes");
  }
  assertEquals(parseProtobuf(new Uint8Array()), []);
});

for (
  const [what, bytes, message] of [
    ["an unknown wire type", [2, 0x0b, 0], "a wire type of 0, 1 or 2"],
    ["a varint without end", Array(12).fill(255), "a number of at most ten bytes"],
    ["a family without a name", [2, 0x18, 1], "a family with a name and a type"],
    ["text that is not UTF-8", [3, 0x0a, 1, 255], "UTF-8"],
    ["a number for a string", [2, 0x08, 1], "a string"],
    [
      "a metric without the value of its type",
      [7, 0x0a, 1, 120, 0x18, 1, 0x22, 0],
      'a gauge as metric of "x"',
    ],
  ] as const
) {
  Deno.test(`parseProtobuf() rejects ${what}`, () => {
    assertThrows(() => parseProtobuf(Uint8Array.from(bytes)), SyntaxError, message);
  });
}
