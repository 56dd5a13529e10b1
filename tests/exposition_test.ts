import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Exposition } from "../exposition.ts";

const PIECES = ["# TYPE x gauge\n", "x 1\n"].map((text) => new TextEncoder().encode(text));

function make(...pieces: Uint8Array<ArrayBuffer>[]): Exposition {
  return new Exposition("text/plain", "identity", pieces);
}

Deno.test("Exposition keeps what it is made of", () => {
  const { contentType, encoding, chunks } = make(...PIECES);
  assertEquals([contentType, encoding], ["text/plain", "identity"]);
  chunks.forEach((chunk, i) => assertStrictEquals(chunk, PIECES[i]));
});

Deno.test("Exposition.byteLength counts all bytes", () => {
  assertEquals([make().byteLength, make(...PIECES).byteLength], [0, 19]);
});

Deno.test("Exposition.bytes() gives the pieces together", () => {
  assertEquals(make(...PIECES).bytes(), new TextEncoder().encode("# TYPE x gauge\nx 1\n"));
});

Deno.test("Exposition.bytes() gives a copy", () => {
  const exposition = make(PIECES[0]!);
  assertNotStrictEquals(exposition.bytes(), exposition.chunks[0]);
  exposition.bytes().fill(0);
  assertEquals(exposition.text(), "# TYPE x gauge\n");
});

Deno.test("Exposition.text() gives the text", () => {
  assertEquals(make(...PIECES).text(), "# TYPE x gauge\nx 1\n");
});

Deno.test("Exposition.text() reads characters that are cut in two by pieces", () => {
  const bytes = new TextEncoder().encode("ü");
  assertEquals(make(bytes.slice(0, 1), bytes.slice(1)).text(), "ü");
});

Deno.test("Exposition.text() rejects what is compressed", () => {
  assertThrows(
    () => new Exposition("text/plain", "gzip", PIECES).text(),
    TypeError,
    "Cannot read exposition as text: it is encoded with gzip",
  );
});

Deno.test("Exposition.text() rejects what is no text", () => {
  assertThrows(
    () => new Exposition("application/vnd.google.protobuf; a=b", "identity", PIECES).text(),
    TypeError,
    "Cannot read exposition as text: it is protobuf",
  );
});

Deno.test("Exposition.stream() gives the pieces one by one, not copied", async () => {
  const chunks = await Array.fromAsync(make(...PIECES).stream());
  assertEquals(chunks.length, 2);
  chunks.forEach((chunk, i) => assertStrictEquals(chunk, PIECES[i]));
});

Deno.test("Exposition.stream() is empty if there is nothing", async () => {
  assertEquals(await Array.fromAsync(make().stream()), []);
});

Deno.test("Exposition.stream() can be read again", async () => {
  const exposition = make(...PIECES);
  await exposition.stream().cancel();
  assertEquals(await new Response(exposition.stream()).text(), "# TYPE x gauge\nx 1\n");
});
