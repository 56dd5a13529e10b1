import { assertEquals, assertStringIncludes } from "@std/assert";
import { SeriesChanges } from "../../cli/series_changes.ts";
import { applyKey, screenLines, type ScreenState, splitKeys } from "../../cli/watch_screen.ts";
import { parseExposition } from "../../parse.ts";

const SIZE = { columns: 80, rows: 8 };
const PAGE = 5;

function stateOf(count: number, changes: Partial<ScreenState> = {}): ScreenState {
  const text = Array.from({ length: count }, (_, i) => `a{i="${i}"} ${i}\n`).join("");
  const read = new SeriesChanges().next(parseExposition(text), 0);
  return {
    target: "http://x/metrics",
    interval: 2,
    reading: {
      changes: read,
      total: count,
      problems: 0,
      time: new Date(0),
      milliseconds: 12.3,
      length: text.length,
    },
    failure: undefined,
    sort: "none",
    isPaused: false,
    search: "",
    isSearching: false,
    offset: 0,
    ...changes,
  };
}

function shown(state: ScreenState): string[] {
  return screenLines(state, SIZE, false).slice(3).map((line) => line.trim().split(/\s+/).at(-1)!);
}

function press(state: ScreenState, ...keys: string[]): boolean {
  return keys.every((key) => applyKey(state, key, PAGE));
}

Deno.test("screenLines() fills the screen and no more", () => {
  assertEquals(screenLines(stateOf(100), SIZE, false).length, SIZE.rows);
  assertEquals(screenLines(stateOf(2), SIZE, false).length, 5);
  for (const line of screenLines(stateOf(100), { columns: 30, rows: 8 }, false)) {
    assertEquals(line.length <= 30, true);
  }
});

Deno.test("screenLines() tells what is watched, and what fails", () => {
  const [title] = screenLines(stateOf(3), SIZE, false);
  assertStringIncludes(title!, "http://x/metrics   every 2 s");
  assertStringIncludes(title!, "3 series   0 kB in 12 ms");
  assertStringIncludes(screenLines(stateOf(3, { isPaused: true }), SIZE, false)[0]!, "paused");
  const failing = stateOf(3, { failure: "Cannot read it" });
  assertEquals(screenLines(failing, SIZE, false)[1], "Cannot read it");
  assertEquals(shown(failing).length, 3);
  const waiting = stateOf(0, { reading: undefined });
  assertStringIncludes(screenLines(waiting, SIZE, false)[0]!, "waiting");
});

Deno.test("applyKey() scrolls, and stays within the series", () => {
  const state = stateOf(12);
  press(state, "\x1b[B", "\x1b[B");
  assertEquals(shown(state)[0], 'a{i="2"}');
  press(state, "\x1b[6~", "\x1b[6~", "\x1b[6~");
  assertEquals(shown(state), [7, 8, 9, 10, 11].map((i) => `a{i="${i}"}`));
  press(state, "\x1b[A");
  assertEquals(shown(state)[0], 'a{i="6"}');
  press(state, "\x1b[5~", "\x1b[5~", "\x1b[5~");
  assertEquals(shown(state)[0], 'a{i="0"}');
  press(state, "\x1b[F");
  assertEquals(shown(state).at(-1), 'a{i="11"}');
  press(state, "\x1b[H");
  assertEquals(shown(state)[0], 'a{i="0"}');
});

Deno.test("applyKey() searches while other keys are text", () => {
  const state = stateOf(30);
  press(state, "/", "q", "\x7f", "=", '"', "1", "1");
  assertEquals(shown(state), ['a{i="11"}']);
  assertStringIncludes(screenLines(state, SIZE, false)[1]!, 'Search: ="11_');
  press(state, "\r");
  assertEquals([state.isSearching, shown(state)], [false, ['a{i="11"}']]);
  press(state, "\x1b");
  assertEquals([state.search, shown(state).length], ["", PAGE]);
  press(state, "/", "x", "\x1b");
  assertEquals([state.isSearching, state.search], [false, ""]);
});

Deno.test("applyKey() pauses, sorts and ends", () => {
  const state = stateOf(3, { sort: "change" });
  press(state, " ");
  assertEquals(state.isPaused, true);
  press(state, " ", "s");
  assertEquals([state.isPaused, state.sort, shown(state)[0]], [false, "value", 'a{i="2"}']);
  assertEquals([press(state, "q"), press(state, "\x03"), press(state, "x")], [false, false, true]);
  assertEquals(press(state, "/", "\x03"), false);
});

Deno.test("splitKeys() separates keys that arrive together", () => {
  assertEquals(splitKeys("/a🚪\r\x1b[A\x1b[6~q\x1b"), [
    "/",
    "a",
    "🚪",
    "\r",
    "\x1b[A",
    "\x1b[6~",
    "q",
    "\x1b",
  ]);
  assertEquals(splitKeys(""), []);
});
