import { withTools } from "../integration/tool.ts";
import { EditedMembers } from "../support/edited_members.ts";

/** Members that `zlib` reads with nothing left over, one after another, with their CRCs and lengths. */
const STRICT_PYTHON = `
import sys, zlib
rest = sys.stdin.buffer.read()
while rest:
    member = zlib.decompressobj(31)
    sys.stdout.buffer.write(member.decompress(rest) + member.flush())
    assert member.eof
    rest = member.unused_data
`;

const edited = await EditedMembers.make();

Deno.test("edited pieces are read by DecompressionStream", async () => {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const member of edited.members) {
    const stream = member.stream().pipeThrough(new DecompressionStream("gzip"));
    parts.push(await new Response(stream).bytes());
  }
  edited.assertTexts(await new Blob(parts).bytes());
});

Deno.test(withTools(["gzip"], {
  name: "edited pieces are read by the gzip command",
  async fn() {
    await edited.pipeThrough("gzip", ["-t"]);
    edited.assertTexts(await edited.pipeThrough("gzip", ["-dc"]));
  },
}));

Deno.test(withTools(["python3"], {
  name: "edited pieces are read by Python's zlib",
  async fn() {
    edited.assertTexts(await edited.pipeThrough("python3", ["-c", STRICT_PYTHON]));
  },
}));
