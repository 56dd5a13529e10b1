import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { crc32, inflateRawSync } from "node:zlib";
import { BuildBudget } from "../../deflate/build_budget.ts";
import { loadPatching } from "../../deflate/patching.ts";
import { deflatePiece, loadZlib } from "../../deflate/zlib.ts";
import { KeptLines } from "../../encode/kept_lines.ts";
import type { LineFormat } from "../../encode/line_format.ts";
import { openMetrics } from "../../encode/openmetrics.ts";
import { openMetrics2 } from "../../encode/openmetrics2.ts";
import type { SampleExemplar } from "../../model/sample.ts";
import { TEXT } from "../../encode/text.ts";
import { Dice } from "../support/dice.ts";
import { assertSameText } from "../support/numbered_model.ts";
import { Child, type Slots } from "../../series/child.ts";
import type { SeriesLayout } from "../../series/layout.ts";
import { SeriesMap } from "../../series/map.ts";
import { SeriesView } from "../../series/view.ts";

const LAYOUT: SeriesLayout = {
  name: "x_total",
  labelNames: ["a"],
  parts: [{ suffix: "" }],
  createdPart: 0,
};

/** A counter whose state tests set. It was created at 1.5 s. */
class Told extends Child {
  #value = 0;
  #exemplar: SampleExemplar | undefined;

  constructor(slots: Slots, slot: number) {
    super(slots, slot);
    this.restart(1500);
  }

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

function prepare(format: LineFormat, labelValues = ["1", "2"]) {
  const series = new SeriesMap(LAYOUT, {
    createChild: (slots, slot) => new Told(slots, slot),
  });
  const children = labelValues.map((a) => series.add([a]));
  const block = series.blocks[0]!;
  const view = new SeriesView({ name: "x_total", type: "counter" }, LAYOUT);
  const lines = new KeptLines(format.convertView(view, false)!, format);
  const write = () => {
    lines.update(block);
    return new TextDecoder().decode(lines.bytes);
  };
  return { series, block, children, lines, write };
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

await Promise.all([loadZlib(), loadPatching()]);

const LABEL_VALUES = Array.from({ length: 128 }, (_, i) => `/api/v1/#id/${i}`);

/** Returns the text that a piece deflates, and checks its CRC and length. */
function inflate(lines: KeptLines, budget = new BuildBudget()): string {
  const { bytes, crc, length } = lines.deflated(budget);
  const stream = new Uint8Array(bytes.length + 2);
  stream.set(bytes);
  stream[bytes.length] = 3; // An empty last block.
  const plain = inflateRawSync(stream);
  assertEquals({ crc, length }, { crc: crc32(plain), length: plain.length });
  return new TextDecoder().decode(plain);
}

function isPatched(lines: KeptLines): boolean {
  return lines.leaseOf("gzip") !== undefined;
}

/** Lines whose shape has lasted long enough for a patchable piece. */
function preparePatched(format = TEXT) {
  const prepared = prepare(format, LABEL_VALUES);
  const { children, lines, write } = prepared;
  for (let i = 0; i < 3; i++) {
    children[0]!.tell(1000 + i);
    assertSameText(write(), inflate(lines));
  }
  return prepared;
}

Deno.test("KeptLines.deflated() uses zlib until the shape has lasted for two changes", () => {
  const { series, children, lines, write } = prepare(TEXT, LABEL_VALUES);
  const patched = [];
  for (let i = 0; i < 8; i++) {
    if (i === 4) series.add(["more"]);
    else children[0]!.tell(i);
    assertSameText(write(), inflate(lines));
    inflate(lines);
    patched.push(isPatched(lines));
  }
  assertEquals(patched, [false, false, true, true, false, false, true, true]);
});

Deno.test("KeptLines.deflated() makes a patchable piece within the budget only", () => {
  let now = 0;
  const { children, lines, write } = prepare(TEXT, LABEL_VALUES);
  const budget = new BuildBudget(() => now);
  budget.build(() => now += 1000);
  for (let i = 0; i < 5; i++) {
    children[0]!.tell(i);
    assertSameText(write(), inflate(lines, budget));
  }
  assertEquals(isPatched(lines), false);
  children[0]!.tell(6);
  assertSameText(write(), inflate(lines));
  assertEquals(isPatched(lines), true);
});

Deno.test("KeptLines.deflated() patches the bytes that it returned before", () => {
  const { children, lines, write } = preparePatched();
  const { bytes } = lines.deflated(new BuildBudget());
  children[5]!.tell(7);
  assertSameText(write(), inflate(lines));
  assertStrictEquals(lines.deflated(new BuildBudget()).bytes.buffer, bytes.buffer);
});

Deno.test("KeptLines.update() leaves leased bytes as they are", () => {
  const { children, lines, write } = preparePatched();
  for (const encoding of ["gzip", "identity"] as const) {
    const deflated = lines.deflated(new BuildBudget()).bytes;
    const bytes = encoding === "gzip" ? deflated : lines.bytes;
    const lease = lines.leaseOf(encoding)!;
    const copy = bytes.slice();
    lease.readers++;
    for (const value of [7, 8, 12345]) {
      children[5]!.tell(value);
      assertSameText(write(), inflate(lines));
      assertEquals(bytes, copy);
    }
    lease.readers--;
    assert(lines.leaseOf(encoding) !== lease);
  }
});

for (const [name, format] of [["1.0", openMetrics()], ["2.0", openMetrics2()]] as const) {
  Deno.test(`KeptLines.deflated() leaves lines with exemplars to zlib, OpenMetrics ${name}`, () => {
    const { children, lines, write } = preparePatched(format);
    assertEquals(isPatched(lines), true);
    children[3]!.tell(5, EXEMPLAR);
    assertSameText(write(), inflate(lines));
    assertEquals(isPatched(lines), false);
    for (let i = 0; i < 5; i++) {
      children[0]!.tell(i);
      children[3]!.tell(i);
      assertSameText(write(), inflate(lines));
    }
    assertEquals(isPatched(lines), false);
  });
}

Deno.test("KeptLines.update() writes tails anew once a line has had an exemplar", () => {
  const { children: [child], write } = prepare(openMetrics2());
  child!.tell(1, EXEMPLAR);
  assertEquals(write(), 'x_total{a="1"} 1 st@1.5 # {id="7"} 1 2\nx_total{a="2"} 0 st@1.5\n');
  child!.tell(22);
  assertEquals(write(), 'x_total{a="1"} 22 st@1.5\nx_total{a="2"} 0 st@1.5\n');
});

Deno.test("KeptLines.deflated() makes another piece when the text has grown", () => {
  const { children, lines, write } = preparePatched();
  const budget = new BuildBudget();
  let builds = 0;
  budget.build = (make) => {
    builds++;
    return make();
  };
  for (const value of [11, 22, 12345.678901, 12345.678902, 3]) {
    for (const child of children) child.tell(value);
    assertSameText(write(), inflate(lines, budget));
  }
  assertEquals(builds, 1);
});

Deno.test("KeptLines.update() goes back to zlib if the piece became unusable", () => {
  const dice = new Dice(1);
  const noise = () => Array.from({ length: 8 }, () => dice.below(2 ** 32).toString(36)).join("");
  const label = noise();
  const { children, lines, write } = prepare(
    TEXT,
    [label, ...Array.from({ length: 420 }, noise), label],
  );
  const patched = new Set<boolean>();
  for (let i = 0; i < 60; i++) {
    for (const child of children) child.tell(i % 8 === 7 ? 123456789012345 : 1);
    assertSameText(write(), inflate(lines));
    if (i > 3) patched.add(isPatched(lines));
  }
  assertEquals([...patched].sort(), [false, true]);
});

Deno.test("KeptLines.update() drops a patchable piece that is not used", () => {
  const { children, lines, write } = preparePatched();
  for (let i = 0; i < 15; i++) {
    children[0]!.tell(i);
    write();
  }
  assertSameText(write(), inflate(lines));
  assertEquals(isPatched(lines), true);
  for (let i = 0; i < 30; i++) {
    children[0]!.tell(i);
    write();
  }
  assertEquals(isPatched(lines), false);
  assertSameText(write(), inflate(lines));
});

Deno.test("KeptLines.deflated() does not try again to patch what is not suitable", () => {
  const { children, lines, write } = prepare(
    TEXT,
    Array.from({ length: 20 }, (_, i) => `${i}${"long".repeat(5000)}`),
  );
  let builds = 0;
  const budget = new BuildBudget();
  budget.build = (make) => {
    builds++;
    return make();
  };
  for (let i = 0; i < 10; i++) {
    children[0]!.tell(i);
    assertSameText(write(), inflate(lines, budget));
  }
  assertEquals([builds, isPatched(lines)], [1, false]);
});

Deno.test("KeptLines.keptBytes counts the text, the places and the deflated bytes", () => {
  const { block, children, lines } = prepare(TEXT, LABEL_VALUES);
  lines.update(block);
  const plain = lines.keptBytes;
  const { length } = lines.bytes;
  assert(plain >= length + 8 * LABEL_VALUES.length && plain <= 1.1 * length + 8 * 128);
  const { bytes } = lines.deflated(new BuildBudget());
  assertEquals(lines.keptBytes, plain + bytes.length);
  for (let i = 0; i < 3; i++) {
    children[0]!.tell(i);
    lines.update(block);
    lines.deflated(new BuildBudget());
  }
  const piece = lines.deflated(new BuildBudget()).bytes;
  assert(lines.keptBytes > plain + piece.length + 8 * LABEL_VALUES.length);
  assert(deflatePiece(lines.bytes).bytes.length > piece.length);
});
