import { assertEquals } from "@std/assert";
import { suggest } from "../../model/suggest.ts";

const KEYS = ["name", "listen_ip", "listen_port", "cache_life", "labels", "type", "value", "help"];

for (
  const [word, expected, reason] of [
    ["listen_prot", "listen_port", "two characters exchanged"],
    ["listen_por", "listen_port", "a character too few"],
    ["listen_portt", "listen_port", "an added character"],
    ["listen-port", "listen_port", "a wrong character"],
    ["listenPort", "listen_port", "a word in another case"],
    ["LABELS", "labels", "a word that differs only in case"],
    ["lables", "labels", "swapped characters"],
    ["tpye", "type", "swapped characters in a short word"],
    ["hlp", "help", "one error in a word of three characters"],
    ["lsten_pot", "listen_port", "two errors in a long word"],
    ["tipo", undefined, "two errors in a short word"],
    ["frequency", undefined, "a word that is not similar to any candidate"],
    ["", undefined, "an empty word"],
    ["listen_p", "listen_ip", "two candidates, of which one is more similar"],
    ["x".repeat(1_000_000), undefined, "a very long word"],
  ] as const
) {
  Deno.test(`suggest() returns ${expected} for ${reason}`, () => {
    assertEquals(suggest(word, KEYS), expected);
  });
}

Deno.test("suggest() returns the first of equally similar candidates", () => {
  assertEquals(suggest("bat", ["cat", "hat"]), "cat");
});

Deno.test("suggest() returns undefined without candidates", () => {
  assertEquals(suggest("name", []), undefined);
});
