import { assertEquals } from "@std/assert";
import { neededPermissions, shellWords } from "../../cli/permissions.ts";

Deno.test("neededPermissions() puts addresses, files and collectors together", () => {
  const needed = neededPermissions({
    listen: [{ hostname: "127.0.0.1", port: 9999 }, { hostname: "::1", port: 9999 }],
    files: ["config.toml", "web.yml"],
    collectors: [{ net: ["a:1"], sys: ["loadavg"] }, {}, {
      read: true,
      sys: ["loadavg", "osUptime"],
    }],
  });
  assertEquals(needed, {
    net: ["127.0.0.1:9999", "[::1]:9999", "a:1"],
    read: true,
    sys: ["loadavg", "osUptime"],
  });
});

Deno.test("neededPermissions() is everything as soon as one collector needs that", () => {
  assertEquals(neededPermissions({ listen: [], files: [], collectors: [{}, "all"] }), "all");
});

Deno.test("shellWords() quotes what a shell would change", async () => {
  const words = ["--allow-net=127.0.0.1:9999,[::1]:9", "--allow-read=/a b,/c'd", "$HOME", "*", "~"];
  assertEquals(shellWords(["--allow-net=127.0.0.1:9999"]), "--allow-net=127.0.0.1:9999");
  const command = new Deno.Command("sh", { args: ["-c", `printf '%s\\n' ${shellWords(words)}`] });
  const { stdout } = await command.output();
  assertEquals(new TextDecoder().decode(stdout), words.map((word) => `${word}\n`).join(""));
});
