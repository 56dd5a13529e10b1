import { assertEquals, assertRejects } from "@std/assert";
import { Resolver } from "../../probes/resolver.ts";
import { TargetPolicy, TargetRefusedError } from "../../probes/target_policy.ts";

const OPEN = new TargetPolicy();

Deno.test("Resolver.resolve() resolves each name once, so that rebinding has no effect", async () => {
  const answers = [["93.184.216.34"], ["127.0.0.1"]];
  let count = 0;
  const resolver = new Resolver(OPEN, () => Promise.resolve(answers[count++]!));
  const first = await resolver.resolve("evil.example");
  const second = await resolver.resolve("https://EVIL.example./again");
  assertEquals([first.address, second.address, count], ["93.184.216.34", "93.184.216.34", 1]);
});

Deno.test("Resolver.resolve() refuses a name with a private address among others", async () => {
  const resolver = new Resolver(OPEN, () => Promise.resolve(["93.184.216.34", "10.0.0.1"]));
  await assertRejects(
    () => resolver.resolve("evil.example"),
    TargetRefusedError,
    'Cannot probe "evil.example": expected a public address, got a private one',
  );
});

Deno.test("Resolver.resolve() does not resolve names that are not among the allowed targets", async () => {
  const policy = new TargetPolicy({ targets: ["good.example"] });
  const resolver = new Resolver(policy, () => Promise.reject(new Error("resolved")));
  await assertRejects(() => resolver.resolve("evil.example"), TargetRefusedError);
});

Deno.test("Resolver.resolve() does not look addresses up", async () => {
  const policy = new TargetPolicy({ allowPrivate: true });
  const resolver = new Resolver(policy, () => Promise.reject(new Error("resolved")));
  assertEquals((await resolver.resolve("http://0x7f.1:81/")).address, "127.0.0.1");
  assertEquals((await resolver.resolve("[::1]:81")).protocol, "ip6");
});

Deno.test("Resolver.resolve() prefers a protocol, and falls back if it may", async () => {
  const all = ["93.184.216.34", "2606:2800:220:1::1"];
  const both = new Resolver(OPEN, () => Promise.resolve(all));
  assertEquals((await both.resolve("a.example")).protocol, "ip4");
  assertEquals((await both.resolve("a.example", { protocol: "ip6" })).protocol, "ip6");
  const single = new Resolver(OPEN, () => Promise.resolve(all.slice(0, 1)));
  assertEquals((await single.resolve("a.example", { protocol: "ip6" })).protocol, "ip4");
  await assertRejects(
    () => single.resolve("a.example", { protocol: "ip6", fallback: false }),
    Error,
    'Cannot resolve "a.example": no address of ip6',
  );
});
