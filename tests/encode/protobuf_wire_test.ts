import { assertEquals } from "@std/assert";
import { overwriteValue, WireWriter } from "../../encode/protobuf_wire.ts";

/** Returns the bytes that a callback writes, in hexadecimal. */
function written(write: (writer: WireWriter) => void): string {
  const writer = new WireWriter();
  write(writer);
  return writer.take().toHex();
}

/** Encodes a varint by its definition: groups of seven bits of 64, the lowest first. */
function varint(value: bigint): string {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return new Uint8Array([...bytes, Number(rest)]).toHex();
}

const POWERS = Array.from({ length: 53 }, (_, i) => 2 ** i);
const COUNTS = [0, ...POWERS.flatMap((power) => [power - 1, power, power + 1]), 2 ** 53];
const INTEGERS = [...COUNTS, ...COUNTS.map((count) => -count)];

Deno.test("WireWriter.varint() writes integers up to 2^53", () => {
  for (const value of COUNTS) {
    assertEquals(written((writer) => writer.varint(value)), varint(BigInt(value)), `${value}`);
  }
});

Deno.test("WireWriter.uint() writes the number of the field first", () => {
  assertEquals(written((writer) => writer.uint(1, 150)), "089601");
  assertEquals(written((writer) => writer.uint(15, 0)), "7800");
});

Deno.test("WireWriter.uint() writes fields with numbers of more than four bits", () => {
  assertEquals(written((writer) => writer.uint(16, 1)), "800101");
});

Deno.test("WireWriter.int() writes integers from -2^53 to 2^53", () => {
  for (const value of INTEGERS) {
    assertEquals(written((writer) => writer.int(1, value)), `08${varint(BigInt(value))}`);
  }
  assertEquals(written((writer) => writer.int(1, -2)), "08feffffffffffffffff01");
});

Deno.test("WireWriter.sint() writes integers from -2^53 to 2^53", () => {
  for (const value of INTEGERS) {
    const integer = BigInt(value);
    const zigzag = integer < 0n ? -2n * integer - 1n : 2n * integer;
    assertEquals(written((writer) => writer.sint(1, value)), `08${varint(zigzag)}`, `${value}`);
  }
});

Deno.test("WireWriter.double() writes little-endian numbers", () => {
  assertEquals(written((writer) => writer.double(2, 1)), "11000000000000f03f");
  assertEquals(written((writer) => writer.double(2, -0)), "110000000000000080");
  assertEquals(written((writer) => writer.double(2, -Infinity)), "11000000000000f0ff");
});

Deno.test("WireWriter.double() writes the same bits for every NaN", () => {
  const [stale] = new Float64Array(new BigUint64Array([0x7ff0000000000002n]).buffer);
  for (const value of [NaN, stale!]) {
    assertEquals(written((writer) => writer.double(1, value)), "09000000000000f87f");
  }
});

Deno.test("WireWriter.string() writes UTF-8 after its length", () => {
  assertEquals(written((writer) => writer.string(1, "")), "0a00");
  assertEquals(written((writer) => writer.string(1, "a\0b")), "0a03610062");
  assertEquals(written((writer) => writer.string(1, "aé🥪b")), "0a0861c3a9f09fa5aa62");
});

Deno.test("WireWriter.string() writes U+FFFD for lone surrogates", () => {
  assertEquals(written((writer) => writer.string(1, "\ud800")), "0a03efbfbd");
  assertEquals(written((writer) => writer.string(1, "a\udc00b")), "0a0561efbfbd62");
});

for (const length of [0, 1, 127, 128, 129, 1000, 16_383, 16_384, 100_000, 2_097_152]) {
  Deno.test(`WireWriter.string() writes ${length} characters`, () => {
    for (const character of ["a", "é", "東"]) {
      const bytes = new TextEncoder().encode(character).toHex();
      assertEquals(
        written((writer) => writer.string(3, character.repeat(length))),
        `1a${varint(BigInt(length * bytes.length / 2))}${bytes.repeat(length)}`,
      );
    }
  });

  Deno.test(`WireWriter.end() writes the length of a message of ${length} bytes`, () => {
    const zeros = new Uint8Array(length);
    assertEquals(
      written((writer) => {
        writer.uint(1, 1);
        const start = writer.begin(2);
        writer.append(zeros);
        writer.end(start);
        writer.uint(3, 3);
      }),
      `080112${varint(BigInt(length))}${zeros.toHex()}1803`,
    );
  });
}

Deno.test("WireWriter.end() supports nested messages", () => {
  const inner = `0a${varint(200n)}${"61".repeat(200)}`;
  assertEquals(
    written((writer) => {
      const outermost = writer.begin(1);
      const outer = writer.begin(2);
      writer.string(1, "a".repeat(200));
      writer.end(outer);
      writer.end(writer.begin(3));
      writer.end(outermost);
    }),
    `0a${varint(208n)}12${varint(203n)}${inner}1a00`,
  );
});

Deno.test("WireWriter.take() returns a copy, and resets the writer", () => {
  const writer = new WireWriter();
  writer.uint(1, 1);
  const first = writer.take();
  assertEquals(writer.length, 0);
  writer.uint(2, 2);
  assertEquals([first.toHex(), writer.take().toHex()], ["0801", "1002"]);
  assertEquals(first.buffer.byteLength, 2);
});

Deno.test("WireWriter.length is the number of bytes written", () => {
  const writer = new WireWriter();
  for (let i = 0; i < 5000; i++) writer.uint(1, 300);
  assertEquals(writer.length, 15_000);
  assertEquals(writer.take().toHex(), "08ac02".repeat(5000));
});

Deno.test("WireWriter.end() moves the marks in its message only", () => {
  const writer = new WireWriter();
  writer.mark();
  writer.uint(1, 1);
  const outer = writer.begin(2);
  writer.mark();
  writer.uint(3, 3);
  const inner = writer.begin(4);
  writer.mark();
  writer.uint(5, 5);
  writer.string(6, "x".repeat(200));
  writer.end(inner);
  writer.mark();
  writer.uint(7, 7);
  writer.end(outer);
  const { marks } = writer;
  assertEquals(marks.length, 4);
  const places = [...marks];
  const bytes = writer.take();
  assertEquals(places.map((at) => [bytes[at]! >> 3, bytes[at + 1]]), [
    [1, 1],
    [3, 3],
    [5, 5],
    [7, 7],
  ]);
  assertEquals(marks, []);
});

Deno.test("overwriteValue() writes the same double as WireWriter", () => {
  const view = new DataView(new ArrayBuffer(10));
  for (const value of [0, -0, 0.1, NaN, -Infinity, 5e-324]) {
    const expected = written((writer) => writer.double(1, value));
    view.setUint8(1, Number.parseInt(expected.slice(0, 2), 16));
    assertEquals(overwriteValue(view, 1, value), true);
    assertEquals(new Uint8Array(view.buffer, 1).toHex(), expected);
  }
});

Deno.test("overwriteValue() writes the same integer as WireWriter if its length stays", () => {
  for (const old of COUNTS) {
    for (const value of COUNTS) {
      const before = written((writer) => writer.uint(1, old));
      const after = written((writer) => writer.uint(1, value));
      const bytes = Uint8Array.fromHex(`ff${before}ff`);
      const isWritten = overwriteValue(new DataView(bytes.buffer), 1, value);
      assertEquals(isWritten, before.length === after.length);
      assertEquals(bytes.toHex(), `ff${isWritten ? after : before}ff`);
    }
  }
});
