import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { WireWriter } from "../../encode/protobuf_wire.ts";
import { OTLP_LIMITS } from "../../model/otlp_limits.ts";
import { readProtobuf } from "../../otlp/protobuf.ts";
import { EXPORT_REQUEST } from "../../otlp/schema.ts";
import { OtlpStore } from "../../otlp/store.ts";

Deno.test("readProtobuf() reads any bytes, or throws a SyntaxError", () => {
  const store = new OtlpStore({ limits: OTLP_LIMITS, utf8Names: false });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    // Inside of a metric, most bytes would otherwise be fields that are skipped.
    const writer = new WireWriter();
    const path = [1, 2, 2].map((field) => writer.begin(field));
    writer.string(1, "a");
    writer.append(bytes);
    for (const start of path.reverse()) writer.end(start);
    try {
      store.add(readProtobuf(writer.take(), EXPORT_REQUEST));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    store.families();
  }));
});

Deno.test("readProtobuf() rejects values nested too deep", () => {
  const writer = new WireWriter();
  const path = [1, 1, 1, 2, ...Array.from({ length: 2000 }, (_, i) => i % 2 === 0 ? 5 : 1)]
    .map((field) => writer.begin(field));
  for (const start of path.reverse()) writer.end(start);
  const bytes = writer.take();
  assertThrows(() => readProtobuf(bytes, EXPORT_REQUEST), SyntaxError, "nested");
});

Deno.test("readProtobuf() skips fields that it does not know", () => {
  const writer = new WireWriter();
  writer.string(100, "a");
  assertEquals({ ...readProtobuf(writer.take(), EXPORT_REQUEST) }, {});
});
