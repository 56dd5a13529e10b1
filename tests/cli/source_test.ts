import { assertEquals, assertRejects } from "@std/assert";
import { readSource, shownTarget } from "../../cli/source.ts";

Deno.test("readSource() sends the user name and the password of a URL, and shows the name only", async () => {
  const seen: (string | null)[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.push(request.headers.get("authorization"));
    return new Response("no", { status: 403 });
  });
  const { port } = server.addr;
  const url = `http://user%40x:p%C3%A4ss@127.0.0.1:${port}/`;
  await assertRejects(
    () => readSource(url),
    Error,
    `Cannot read "http://127.0.0.1:${port}/": status 403`,
  );
  assertEquals(seen, [`Basic ${new TextEncoder().encode("user@x:päss").toBase64()}`]);
});

Deno.test("readSource() tells how much it has read", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "a 1\n".repeat(100_000));
    const counts: number[] = [];
    const { text, format } = await readSource(file, { onProgress: (bytes) => counts.push(bytes) });
    assertEquals([text.length, format], [400_000, "text"]);
    assertEquals(counts.at(-1), 400_000);
    assertEquals(counts, counts.toSorted((a, b) => a - b));
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("shownTarget() hides user names and passwords of URLs, and nothing else", () => {
  const targets = ["https://u:p@x/a@b", "http://x/?q=a@b", "a@b.txt", "-"];
  assertEquals(targets.map(shownTarget), ["https://x/a@b", "http://x/?q=a@b", "a@b.txt", "-"]);
});
