import { assertEquals } from "@std/assert";
import type { ByteConnection } from "../../serve/connection_stream.ts";
import { ReadAhead } from "../../serve/read_ahead.ts";

const ADDRESS: Deno.Addr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };

/** A connection whose client sends texts when it is told to. */
class FakeConnection implements ByteConnection {
  readonly localAddr = ADDRESS;
  readonly remoteAddr = ADDRESS;
  reads = 0;
  readonly #sent: (string | null)[] = [];
  #wake: () => void = () => {};

  /** Sends a text; null closes the side of the client. */
  send(text: string | null): void {
    this.#sent.push(text);
    this.#wake();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    this.reads++;
    while (this.#sent.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
    const text = this.#sent.shift()!;
    return text === null ? null : new TextEncoder().encodeInto(text, buffer).written;
  }

  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    throw new Deno.errors.BadResource();
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function readText(connection: ReadAhead, size: number): Promise<string | null> {
  const buffer = new Uint8Array(size);
  const count = await connection.read(buffer);
  return count === null ? null : textOf(buffer.subarray(0, count));
}

Deno.test("ReadAhead.fill() adds to what is unread, and moves it to make room", async () => {
  const connection = new FakeConnection();
  const ahead = new ReadAhead(connection, 4);
  connection.send("abcd");
  assertEquals([await ahead.fill(), textOf(ahead.unread), ahead.isFull], [true, "abcd", true]);
  ahead.consume(3);
  assertEquals([textOf(ahead.unread), ahead.isFull], ["d", false]);
  connection.send("efg");
  assertEquals([await ahead.fill(), textOf(ahead.unread)], [true, "defg"]);
});

Deno.test("ReadAhead.fill() reads once for calls at the same time", async () => {
  const connection = new FakeConnection();
  const ahead = new ReadAhead(connection, 4);
  const both = Promise.all([ahead.fill(), ahead.fill()]);
  connection.send("a");
  assertEquals([await both, connection.reads], [[true, true], 1]);
});

Deno.test("ReadAhead.fill() returns false when the client has closed its side", async () => {
  const connection = new FakeConnection();
  const ahead = new ReadAhead(connection, 4);
  connection.send(null);
  assertEquals(await ahead.fill(), false);
});

Deno.test("ReadAhead.read() begins with what was read ahead, and with what is being read", async () => {
  const connection = new FakeConnection();
  const ahead = new ReadAhead(connection, 8);
  connection.send("abc");
  await ahead.fill();
  ahead.consume(1);
  void ahead.fill();
  assertEquals(await readText(ahead, 1), "b");
  assertEquals(await readText(ahead, 8), "c");
  const next = readText(ahead, 8);
  connection.send("de");
  assertEquals([await next, connection.reads], ["de", 2]);
  connection.send("fg");
  assertEquals(await readText(ahead, 8), "fg");
  connection.send(null);
  assertEquals(await readText(ahead, 8), null);
});

Deno.test("ReadAhead.close() does not mind a connection that is closed", () => {
  new ReadAhead(new FakeConnection(), 8).close();
});
