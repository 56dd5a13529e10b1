import { assertEquals, assertThrows } from "@std/assert";
import { parseExposition } from "../../parse.ts";
import { TextfileMerger } from "../../sources/textfile_merger.ts";

/** Merges files, and returns what comes out of them, and the errors. */
function merge(files: Readonly<Record<string, string>>): {
  families: Record<string, string[]>;
  errors: string[];
} {
  const merger = new TextfileMerger();
  const errors = Object.entries(files).flatMap(([path, text]) =>
    merger.add(path, parseExposition(text)).map(({ message }) => message)
  );
  const families = merger.families().map(({ type, help, samples }) => [
    `${type}: ${help}`,
    samples.map(({ series }) => series),
  ]);
  return { families: Object.fromEntries(families), errors };
}

const A = '# TYPE events_total counter\nevents_total{file="a"} 10\n';
const B = '# TYPE events_total counter\nevents_total{file="b"} 30\n';
const BOTH = ['events_total{file="a"}', 'events_total{file="b"}'];

Deno.test("TextfileMerger merges families with the same help text", () => {
  const help = "# HELP events_total Same.\n";
  assertEquals(merge({ "a.prom": help + A, "b.prom": help + B }), {
    families: { "counter: Same.": BOTH },
    errors: [],
  });
});

for (const help of ["", "# HELP events_total \n"]) {
  Deno.test(`TextfileMerger names the files of families with ${help === "" ? "no" : "an empty"} help text`, () => {
    assertEquals(merge({ "a.prom": help + A, "b.prom": help + B }), {
      families: { "counter: Metric read from a.prom, b.prom": BOTH },
      errors: [],
    });
  });
}

Deno.test("TextfileMerger leaves out families with another help text", () => {
  const files = {
    "a.prom": `# HELP events_total A nice one.\n${A}`,
    "b.prom": `# HELP events_total Another one.\n${B}`,
  };
  assertEquals(merge(files), {
    families: { "counter: A nice one.": [BOTH[0]!] },
    errors: ['Cannot use events_total in "b.prom": another help text as in "a.prom"'],
  });
});

Deno.test("TextfileMerger takes the help text from the file that has one", () => {
  assertEquals(merge({ "a.prom": A, "b.prom": `# HELP events_total Help.\n${B}` }), {
    families: { "counter: Help.": BOTH },
    errors: [],
  });
});

Deno.test("TextfileMerger leaves out families with another type", () => {
  assertEquals(merge({ "a.prom": A, "b.prom": B.replace("counter", "gauge") }), {
    families: { "counter: Metric read from a.prom": [BOTH[0]!] },
    errors: ['Cannot use events_total in "b.prom": type gauge instead of counter as in "a.prom"'],
  });
});

Deno.test("TextfileMerger refuses files with timestamps", () => {
  const merger = new TextfileMerger();
  assertThrows(
    () => merger.add("a.prom", parseExposition('b 1\na{x="y"} 1 1000\n')),
    RangeError,
    'Cannot use "a.prom": a{x="y"} has a timestamp',
  );
  assertEquals(merger.families(), []);
});
