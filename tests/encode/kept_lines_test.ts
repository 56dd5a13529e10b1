import { assertEquals } from "@std/assert";
import { KeptLines } from "../../encode/kept_lines.ts";
import { openMetrics } from "../../encode/openmetrics.ts";
import { openMetrics2 } from "../../encode/openmetrics2.ts";
import type { SampleExemplar } from "../../model/sample.ts";
import { Child, SeriesBlock } from "../../series/block.ts";
import type { SeriesLayout } from "../../series/layout.ts";
import { SeriesView } from "../../series/view.ts";

const LAYOUT: SeriesLayout = {
  name: "x_total",
  labelNames: ["a"],
  parts: [{ suffix: "" }],
  createdPart: 0,
};

/** A counter whose state tests set. */
class Told extends Child {
  #value = 0;
  #exemplar: SampleExemplar | undefined;

  tell(value: number, exemplar?: SampleExemplar): void {
    this.#value = value;
    this.#exemplar = exemplar;
    this.mark();
  }

  override read(into: Float64Array, at: number): void {
    into[at] = this.#value;
  }

  override exemplar(): SampleExemplar | undefined {
    return this.#exemplar;
  }
}

function prepare(format: ReturnType<typeof openMetrics>) {
  const block = new SeriesBlock(LAYOUT);
  const children = ["1", "2"].map((a) => {
    const child = new Told();
    block.add(child, [a], 1500);
    return child;
  });
  const view = new SeriesView({ name: "x_total", type: "counter" }, LAYOUT);
  const lines = new KeptLines(format.convertView(view, false)!, format);
  const write = () => {
    lines.update(block);
    return new TextDecoder().decode(lines.bytes);
  };
  return { children, lines, write };
}

const EXEMPLAR: SampleExemplar = { labels: ["id", "7"], value: 1, timestamp: 2000 };

Deno.test("KeptLines.update() keeps the tails of lines", () => {
  const { children, lines, write } = prepare(openMetrics2());
  const [first, second] = children;
  assertEquals(write(), 'x_total{a="1"} 0 st@1.5\nx_total{a="2"} 0 st@1.5\n');
  const { buffer } = lines.bytes;
  first!.tell(9);
  assertEquals(write(), 'x_total{a="1"} 9 st@1.5\nx_total{a="2"} 0 st@1.5\n');
  assertEquals(lines.bytes.buffer === buffer, true);
  first!.tell(0.25);
  second!.tell(1e6);
  assertEquals(write(), 'x_total{a="1"} 0.25 st@1.5\nx_total{a="2"} 1000000 st@1.5\n');
  first!.tell(2.25, EXEMPLAR);
  second!.tell(3);
  const exemplar = ' # {id="7"} 1 2';
  assertEquals(write(), `x_total{a="1"} 2.25 st@1.5${exemplar}\nx_total{a="2"} 3 st@1.5\n`);
  first!.tell(10, EXEMPLAR);
  assertEquals(write(), `x_total{a="1"} 10 st@1.5${exemplar}\nx_total{a="2"} 3 st@1.5\n`);
});

Deno.test("KeptLines.update() removes an exemplar that no longer exists", () => {
  const { children: [child], write } = prepare(openMetrics());
  child!.tell(1, EXEMPLAR);
  assertEquals(write(), 'x_total{a="1"} 1 # {id="7"} 1 2\nx_total{a="2"} 0\n');
  child!.tell(2);
  assertEquals(write(), 'x_total{a="1"} 2\nx_total{a="2"} 0\n');
  child!.tell(3, EXEMPLAR);
  assertEquals(write(), 'x_total{a="1"} 3 # {id="7"} 1 2\nx_total{a="2"} 0\n');
  child!.tell(44);
  assertEquals(write(), 'x_total{a="1"} 44\nx_total{a="2"} 0\n');
});
