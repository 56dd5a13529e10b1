import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { EncodedExposition } from "../../encode/encoded_exposition.ts";
import type { Exposition, StreamOptions } from "../../exposition.ts";
import { until } from "../support/until.ts";

const PIECES = ["# TYPE x gauge\n", "x 1\n"].map((text) => new TextEncoder().encode(text));

function make(...pieces: Uint8Array<ArrayBuffer>[]): Exposition {
  return new EncodedExposition({ contentType: "text/plain", encoding: "identity", chunks: pieces });
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
    () =>
      new EncodedExposition({ contentType: "text/plain", encoding: "gzip", chunks: PIECES }).text(),
    TypeError,
    "Cannot read exposition as text: it is encoded with gzip",
  );
});

Deno.test("Exposition.text() rejects what is no text", () => {
  assertThrows(
    () => {
      const contentType = "application/vnd.google.protobuf; a=b";
      return new EncodedExposition({ contentType, encoding: "identity", chunks: PIECES }).text();
    },
    TypeError,
    "Cannot read exposition as text: it is protobuf",
  );
});

Deno.test("Exposition.stream() gives small pieces together", async () => {
  const chunks = await Array.fromAsync(make(...PIECES).stream());
  assertEquals(chunks, [new TextEncoder().encode("# TYPE x gauge\nx 1\n")]);
});

Deno.test("Exposition.stream() gives large pieces one by one, not copied", async () => {
  const pieces = [new Uint8Array(70_000), new Uint8Array(65_536)];
  const chunks = await Array.fromAsync(make(...pieces).stream());
  assertEquals(chunks.length, 2);
  chunks.forEach((chunk, i) => assertStrictEquals(chunk, pieces[i]));
});

Deno.test("Exposition.stream() copies pieces that are on lease", async () => {
  const [piece] = [new Uint8Array(70_000)];
  const init = { contentType: "text/plain", encoding: "identity", chunks: [piece] } as const;
  const exposition = new EncodedExposition({ ...init, leases: [{ readers: 1 }] });
  const [chunk] = await Array.fromAsync(exposition.stream());
  assertEquals(chunk, piece);
  assertNotStrictEquals(chunk, piece);
});

Deno.test("Exposition.stream() disposes of it at its end if that is wanted", async () => {
  for (const dispose of [false, true]) {
    const exposition = make(...PIECES);
    await Array.fromAsync(exposition.stream({ dispose }));
    assertEquals(exposition.isDisposed, dispose);
  }
});

Deno.test("Exposition.stream() disposes of it when nobody wants the rest", async () => {
  const exposition = make(...PIECES);
  await exposition.stream({ dispose: true }).cancel();
  assertEquals(exposition.isDisposed, true);
});

Deno.test("Exposition[Symbol.dispose]() gives back once what is on lease", () => {
  const lease = { readers: 1 };
  const exposition = new EncodedExposition({
    contentType: "text/plain",
    encoding: "identity",
    chunks: PIECES,
    leases: [lease],
  });
  const shared = exposition.share();
  assertEquals(lease.readers, 2);
  exposition[Symbol.dispose]();
  exposition[Symbol.dispose]();
  assertEquals([lease.readers, shared.isDisposed], [1, false]);
  for (const read of ["bytes", "text", "stream"] as const) {
    assertThrows(() => exposition[read](), TypeError, "it was disposed of");
  }
  assertEquals(shared.text(), "# TYPE x gauge\nx 1\n");
});

/** An exposition of leased chunks, and their lease. */
function makeLeased() {
  const lease = { readers: 1 };
  const chunks = PIECES.map((piece) => piece.slice());
  const exposition = new EncodedExposition({
    contentType: "text/plain",
    encoding: "identity",
    chunks,
    leases: [lease],
  });
  return { exposition, lease, chunks };
}

for (const read of ["text", "bytes"] as const) {
  Deno.test(`Exposition.${read}() ends the lease of its chunks, and stays the same`, () => {
    const { exposition, lease, chunks } = makeLeased();
    const before = exposition[read]();
    assertEquals(lease.readers, 0);
    for (const chunk of chunks) chunk.fill(0);
    assertEquals(exposition[read](), before);
    assertEquals(exposition.text(), "# TYPE x gauge\nx 1\n");
    assertEquals(exposition.chunks.length, 1);
    exposition[Symbol.dispose]();
    assertEquals(lease.readers, 0);
  });

  Deno.test(`Exposition.${read}() keeps the lease of chunks that a caller may hold`, () => {
    for (const hold of [(e: Exposition) => e.chunks, (e: Exposition) => e.stream()]) {
      const { exposition, lease, chunks } = makeLeased();
      hold(exposition);
      exposition[read]();
      assertEquals([lease.readers, exposition.chunks], [1, chunks]);
      exposition[Symbol.dispose]();
      assertEquals(lease.readers, 0);
    }
  });
}

Deno.test("Exposition.stream() is empty if there is nothing", async () => {
  assertEquals(await Array.fromAsync(make().stream()), []);
});

Deno.test("Exposition.stream() can be read again", async () => {
  const exposition = make(...PIECES);
  await exposition.stream().cancel();
  assertEquals(await new Response(exposition.stream()).text(), "# TYPE x gauge\nx 1\n");
});

/** A stream of more than a socket takes in without a reader. */
function makeLarge(): Exposition {
  return make(...Array.from({ length: 300 }, () => new Uint8Array(70_000)));
}

Deno.test("Exposition.stream() ends early when nobody reads on", async () => {
  const exposition = makeLarge();
  const reader = exposition.stream({ dispose: true, patience: 0.05 }).getReader();
  assertEquals((await reader.read()).value?.length, 70_000);
  await until("the end", () => exposition.isDisposed);
  assertEquals((await reader.read()).done, true);
});

Deno.test("Exposition.stream() does not end early while somebody reads on", async () => {
  const exposition = make(...Array.from({ length: 8 }, () => new Uint8Array(70_000)));
  let length = 0;
  for await (const chunk of exposition.stream({ patience: 1.5 })) {
    length += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assertEquals(length, 560_000);
});

Deno.test("Exposition.stream() cuts off a reader that stalls", async () => {
  const exposition = makeLarge();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    const headers = { "content-length": String(exposition.byteLength) };
    return new Response(exposition.stream({ dispose: true, patience: 0.1 }), { headers });
  });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await until("the end", () => exposition.isDisposed);
  const received = await Array.fromAsync(connection.readable, (chunk) => chunk.length);
  const sum = received.reduce((a, b) => a + b, 0);
  assert(sum < exposition.byteLength, `${sum} bytes were received`);
});

Deno.test("Exposition.stream() rejects unknown options", () => {
  const exposition = make();
  assertThrows(
    () => exposition.stream({ patiense: 1 } as StreamOptions),
    TypeError,
    'Cannot stream exposition: unknown option "patiense", did you mean "patience"?',
  );
});
