import { assertEquals } from "@std/assert";
import { groupPath } from "../../send/grouping.ts";

for (
  const [job, grouping, expected] of [
    ["backup", {}, "job/backup"],
    ["backup", { instance: "a", disk: "sda1" }, "job/backup/instance/a/disk/sda1"],
    ["a b%ü", {}, "job/a%20b%25%C3%BC"],
    ["/var/tmp", {}, "job@base64/L3Zhci90bXA"],
    ["x", { path: "/var/tmp" }, "job/x/path@base64/L3Zhci90bXA"],
    ["x", { path: "a\\b?" }, "job/x/path@base64/YVxiPw"],
    ["x", { empty: "" }, "job/x/empty@base64/="],
    ["..", { dot: "." }, "job@base64/Li4/dot@base64/Lg"],
    ["...", {}, "job/..."],
    ["x", { bytes: "ÿ/ÿ>" }, "job/x/bytes@base64/w78vw78-"],
  ] as [string, Record<string, string>, string][]
) {
  Deno.test(`groupPath() writes ${JSON.stringify([job, grouping])}`, () => {
    assertEquals(groupPath(job, new Map(Object.entries(grouping))), expected);
  });
}
