import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { compress, encode, FORMATS } from "../encode.ts";
import { Exposition } from "../exposition.ts";
import { MetricFamily } from "../family.ts";
import { TEXT_CONTENT_TYPE } from "../text.ts";
import { letsOthersRun } from "./stopped_clock.ts";

const TEXT = "# TYPE doors_open gauge\ndoors_open 2\n";
const FAMILIES = [new MetricFamily("doors_open", { type: "gauge" }).add(2)];

Deno.test("FORMATS are those that there are", () => {
  assertEquals([...FORMATS], ["text"]);
});

Deno.test("encode() writes the text format", async () => {
  const exposition = await encode(FAMILIES, "text");
  assertEquals(exposition.text(), TEXT);
  assertEquals([exposition.contentType, exposition.encoding], [TEXT_CONTENT_TYPE, "identity"]);
});

Deno.test("encode() writes no byte if there is nothing", async () => {
  assertEquals((await encode([], "text")).chunks, []);
});

Deno.test("compress() gives the same exposition if nothing is to be done", async () => {
  const exposition = await encode(FAMILIES, "text");
  assertStrictEquals(await compress(exposition, "identity"), exposition);
});

Deno.test("compress() gives gzip of the same content type", async () => {
  const { contentType, encoding } = await compress(await encode(FAMILIES, "text"), "gzip");
  assertEquals([contentType, encoding], [TEXT_CONTENT_TYPE, "gzip"]);
});

for (const [name, size] of Object.entries({ "nothing": 0, "a line": 1, "many pieces": 50_000 })) {
  Deno.test(`compress() gives gzip of ${name}`, async () => {
    const family = new MetricFamily("x");
    for (let i = 0; i < size; i++) family.add(i, { n: String(i) });
    const plain = await encode([family], "text");
    const zipped = await compress(plain, "gzip");
    assertEquals(new TextDecoder().decode(gunzipSync(zipped.bytes())), plain.text());
  });
}

Deno.test("compress() lets others run between pieces", async () => {
  const plain = await encode(FAMILIES, "text");
  assertEquals(await letsOthersRun(() => compress(plain, "gzip")), true);
});

Deno.test("compress() makes it smaller", async () => {
  const plain = new Exposition("text/plain", "identity", [new Uint8Array(100_000)]);
  assert((await compress(plain, "gzip")).byteLength < 1000);
});
