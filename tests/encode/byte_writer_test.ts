import { assertEquals, assertLess } from "@std/assert";
import { ByteWriter } from "../../encode/byte_writer.ts";

Deno.test("ByteWriter.take() keeps no large buffer", () => {
  const writer = new ByteWriter();
  writer.text("x".repeat(4_000_000));
  assertEquals(writer.take().length, 4_000_000);
  assertLess(writer.buffer.length, 1_000_000);
  writer.text("ab");
  assertEquals(new TextDecoder().decode(writer.take()), "ab");
});

Deno.test("ByteWriter.clear() keeps a buffer of usual size", () => {
  const writer = new ByteWriter();
  writer.text("x".repeat(100_000));
  const { buffer } = writer;
  writer.clear();
  assertEquals([writer.length, writer.buffer], [0, buffer]);
});
