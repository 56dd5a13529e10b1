import { assertEquals } from "@std/assert";
import { joinMessages } from "../../sources/error_messages.ts";

Deno.test("joinMessages() tells the first messages, and how many more there are", () => {
  assertEquals(joinMessages(["a"]), "a");
  assertEquals(joinMessages(["a", "b", "c", "d", "e"]), "a; b; c; d; e");
  assertEquals(joinMessages(["a", "b", "c", "d", "e", "f", "g"]), "a; b; c; d; e; and 2 more");
  assertEquals(joinMessages(["a", "b"], 1), "a; and 1 more");
});
