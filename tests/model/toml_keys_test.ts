import { assertEquals } from "@std/assert";
import { visitTomlKeys } from "../../model/toml_keys.ts";

function keysOf(text: string): string[] {
  const keys: string[] = [];
  visitTomlKeys(text, ({ path, isHeader }) => {
    keys.push(isHeader ? `[${path.join(".")}]` : path.join("."));
  });
  return keys;
}

for (
  const [title, text, expected] of [
    ["pairs", "a = 1\nb='x' # c = 3\r\n\n  d = true", ["a", "b", "d"]],
    ["dotted and quoted keys", `a . "b.c".'d' = 1`, ["a.b.c.d"]],
    ["escaped keys", '"\\u0061\\U00000062\\"" = 1', ['ab"']],
    ["tables", "x = 1\n[a]\nb = 1\n[ a . c ]\nd = 1\n", ["x", "[a]", "a.b", "[a.c]", "a.c.d"]],
    ["arrays of tables", "[[a]]\nb = 1\n[[a]]\nb = 2", ["[a]", "a.b", "[a]", "a.b"]],
    ["inline tables", "a = { b = 1, c.d = { e = 2 }, f = {} }\ng = 1", [
      ...["a", "a.b", "a.c.d", "a.c.d.e", "a.f", "g"],
    ]],
    ["arrays", "a = [\n  1, # [x]\n  [2, 3,],\n  { b = 1 },\n]\nc = []\nd = 1", [
      ...["a", "a.b", "c", "d"],
    ]],
    ["strings", `a = "b = 1 \\" # {"\nc = 'd = [\\'\ne = 1`, ["a", "c", "e"]],
    ["long strings", 'a = """\nb = 1\n\\""" "" c = 2\n"""""\nd = 1', ["a", "d"]],
    ["long strings with a backslash at the end", 'a = """b\\\\"""\nc = 1', ["a", "c"]],
    ["long literal strings", "a = '''\nb = 1\\'''\nc = 1", ["a", "c"]],
    ["strings without an end", 'a = """\nb = 1', ["a"]],
    ["what precedes an error", "a = 1\n= 2\nb = 3", ["a"]],
    ["what precedes too deep nesting", `a = 1\nb = ${"[".repeat(1e5)}{c = 1}`, ["a", "b"]],
    ["what follows byte order marks", "\uFEFF\uFEFFa = 1", ["a"]],
    ["dates", "a = 2026-11-25 10:00:00Z\nb = 1", ["a", "b"]],
  ] as const
) {
  Deno.test(`visitTomlKeys() finds ${title}`, () => assertEquals(keysOf(text), [...expected]));
}
