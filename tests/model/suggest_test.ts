import { assertEquals } from "@std/assert";
import { suggest } from "../../model/suggest.ts";

const KEYS = ["name", "listen_ip", "listen_port", "cache_life", "labels", "type", "value", "help"];

for (
  const [word, expected, reason] of [
    ["listen_prot", "listen_port", "two characters exchanged"],
    ["listen_por", "listen_port", "a character too few"],
    ["listen_portt", "listen_port", "a character too many"],
    ["listen-port", "listen_port", "a wrong character"],
    ["listenPort", "listen_port", "another case"],
    ["LABELS", "labels", "only the case"],
    ["lables", "labels", "an exchange at the end"],
    ["tpye", "type", "an exchange in a short word"],
    ["hlp", "help", "one error in a word of three characters"],
    ["lsten_pot", "listen_port", "two errors in a long word"],
    ["tipo", undefined, "two errors in a short word"],
    ["frequency", undefined, "nothing near"],
    ["", undefined, "no word at all"],
    ["listen_p", "listen_ip", "two candidates, one of them nearer"],
    ["x".repeat(1_000_000), undefined, "a word far too long"],
  ] as const
) {
  Deno.test(`suggest() answers ${expected} for ${reason}`, () => {
    assertEquals(suggest(word, KEYS), expected);
  });
}

Deno.test("suggest() takes the first of equally near candidates", () => {
  assertEquals(suggest("bat", ["cat", "hat"]), "cat");
});

Deno.test("suggest() has nothing to suggest without candidates", () => {
  assertEquals(suggest("name", []), undefined);
});
