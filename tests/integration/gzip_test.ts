import { EditedMembers } from "../support/edited_members.ts";
import { withTools } from "./tool.ts";

const GO = `package main

import (
	"compress/gzip"
	"io"
	"os"
)

func main() {
	reader, err := gzip.NewReader(os.Stdin)
	if err == nil {
		_, err = io.Copy(os.Stdout, reader)
	}
	if err != nil {
		panic(err)
	}
}
`;

Deno.test(withTools(["go"], {
  name: "edited pieces are read by Go's compress/gzip",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const program = `${folder}/main.go`;
      await Deno.writeTextFile(program, GO);
      const edited = await EditedMembers.make();
      edited.assertTexts(await edited.pipeThrough("go", ["run", program]));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
