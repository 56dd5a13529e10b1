import { assertEquals } from "@std/assert";
import { LineWriter } from "../../model/line_writer.ts";
import { until } from "../support/until.ts";

/** A sink that takes what it is given when a test says so. */
class Sink {
  readonly written: string[] = [];
  #pending: { bytes: Uint8Array; settle: PromiseWithResolvers<number> } | undefined;

  write = (bytes: Uint8Array): Promise<number> => {
    assertEquals(this.#pending, undefined, "two writes at once");
    const settle = Promise.withResolvers<number>();
    this.#pending = { bytes, settle };
    return settle.promise;
  };

  /** What is being written. */
  get pending(): string | undefined {
    return this.#pending && new TextDecoder().decode(this.#pending.bytes);
  }

  /** Takes some bytes, by default all, or fails. */
  async take(count: number | Error = Infinity): Promise<void> {
    const { bytes, settle } = this.#pending!;
    this.#pending = undefined;
    if (count instanceof Error) {
      settle.reject(count);
    } else {
      const taken = bytes.subarray(0, count);
      this.written.push(new TextDecoder().decode(taken));
      settle.resolve(taken.length);
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  async takeAll(): Promise<void> {
    while (this.#pending) await this.take();
  }
}

function makeWriter(maxBytes?: number) {
  const sink = new Sink();
  const writer = new LineWriter(sink.write, maxBytes === undefined ? {} : { maxBytes });
  const write = (...lines: string[]) => {
    for (const line of lines) writer.write(line, (count) => `${count} dropped`);
  };
  return { sink, writer, write };
}

Deno.test("LineWriter.write() writes the first line at once, and the others together", async () => {
  const { sink, write } = makeWriter();
  write("a");
  assertEquals(sink.pending, "a\n");
  write("b", "ü");
  await sink.takeAll();
  assertEquals(sink.written, ["a\n", "b\nü\n"]);
});

Deno.test("LineWriter.write() continues where the sink stopped", async () => {
  const { sink, write } = makeWriter();
  write("abcd", "e");
  await sink.take(2);
  assertEquals(sink.pending, "cd\n");
  await sink.takeAll();
  assertEquals(sink.written.join(""), "abcd\ne\n");
});

Deno.test("LineWriter.write() writes no more than 64 KiB of lines at once", async () => {
  const { sink, write } = makeWriter();
  const line = "x".repeat(1023);
  write(...Array(200).fill(line));
  await sink.takeAll();
  assertEquals(sink.written.map((text) => text.length / 1024), [1, 64, 64, 64, 7]);
});

Deno.test("LineWriter.write() writes a line that is longer than the buffer", async () => {
  const { sink, writer, write } = makeWriter(10);
  write("x".repeat(100));
  await sink.takeAll();
  assertEquals(sink.written.join("").length, 101);
  assertEquals(writer.dropped, 0);
});

Deno.test("LineWriter.write() drops lines while the buffer is full, and then says how many", async () => {
  const { sink, writer, write } = makeWriter(8);
  write("a", "b", "c", "d", "e", "f");
  assertEquals(writer.dropped, 2);
  await sink.take();
  write("g"); // the buffer has room, but is not empty yet
  assertEquals(writer.dropped, 3);
  await sink.takeAll();
  write("h");
  await sink.takeAll();
  assertEquals(sink.written.join(""), "a\nb\nc\nd\n3 dropped\nh\n");
  assertEquals(writer.dropped, 3);
});

Deno.test("LineWriter.write() counts lines that cannot be written, and mentions them later", async () => {
  const { sink, writer, write } = makeWriter();
  write("a", "b", "c");
  await sink.take(new Error("closed"));
  await sink.take(new Error("closed"));
  assertEquals(sink.pending, undefined);
  assertEquals(writer.dropped, 3);
  write("d");
  await sink.takeAll();
  assertEquals(sink.written.join(""), "d\n3 dropped\n");
});

Deno.test("LineWriter.write() accepts lines after a failure with a full buffer", async () => {
  const { sink, write } = makeWriter(2);
  write("a", "b");
  await sink.take(new Error("closed"));
  write("c");
  await sink.takeAll();
  assertEquals(sink.written.join(""), "c\n2 dropped\n");
});

Deno.test("LineWriter.flush() resolves when all lines are written", async () => {
  const { sink, writer, write } = makeWriter();
  await writer.flush();
  write("a", "b");
  let isFlushed = false;
  const flushed = writer.flush().then(() => isFlushed = true);
  await sink.take();
  assertEquals(isFlushed, false);
  await sink.take();
  await flushed;
  assertEquals(writer.isWriting, false);
});

Deno.test("LineWriter.takeQueued() takes the lines that are not being written", async () => {
  const { sink, writer, write } = makeWriter(6);
  write("a", "b", "c");
  assertEquals(new TextDecoder().decode(writer.takeQueued()), "b\nc\n");
  assertEquals(writer.takeQueued().length, 0);
  write("d", "e");
  await sink.takeAll();
  assertEquals(sink.written.join(""), "a\nd\ne\n");
  assertEquals(writer.dropped, 0);
});

Deno.test("LineWriter.isStalled is true while a line waits for long", async () => {
  const { sink, writer, write } = makeWriter();
  write("a");
  await new Promise((resolve) => setTimeout(resolve, 110));
  assertEquals(writer.isStalled, false, "nothing waits");
  write("b");
  assertEquals(writer.isStalled, false, "it has just begun to wait");
  await until("the stall", () => writer.isStalled);
  await sink.take();
  assertEquals(writer.isStalled, false, "it is being written");
  await sink.takeAll();
});
