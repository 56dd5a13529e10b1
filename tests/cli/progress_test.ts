import { assertEquals } from "@std/assert";
import { formatBytes, Progress } from "../../cli/progress.ts";
import { StoppedClock } from "../support/stopped_clock.ts";

/** Takes what is written, as a terminal or a pipe. */
class Output {
  text = "";

  constructor(readonly isTty: boolean) {}

  isTerminal(): boolean {
    return this.isTty;
  }

  writeSync(bytes: Uint8Array): number {
    this.text += new TextDecoder().decode(bytes);
    return bytes.length;
  }
}

Deno.test("Progress shows what takes a while, at most five times a second, and leaves nothing behind", () => {
  using clock = new StoppedClock();
  const output = new Output(true);
  {
    using progress = new Progress(output);
    progress.show(() => "at once");
    clock.advance(201);
    progress.show(() => "first");
    progress.show(() => "too soon");
    clock.advance(201);
    progress.show(() => "second");
  }
  assertEquals(output.text, "\r\x1b[Kfirst\r\x1b[Ksecond\r\x1b[K");
});

Deno.test("Progress writes nothing where nobody looks, and clears nothing that it did not write", () => {
  using clock = new StoppedClock();
  for (const isTerminal of [true, false]) {
    const output = new Output(isTerminal);
    using progress = new Progress(output);
    if (!isTerminal) {
      clock.advance(1000);
      progress.show(() => "never");
    }
    progress.clear();
    assertEquals(output.text, "");
  }
});

Deno.test("formatBytes() writes numbers of bytes for people", () => {
  assertEquals([0, 1500, 2_340_000].map(formatBytes), ["0 kB", "2 kB", "2.3 MB"]);
});
