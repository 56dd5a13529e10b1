import { assertEquals } from "@std/assert";
import { type ScopedContext, unreadFilter, watchScope } from "../../collect/scope.ts";
import { Labels } from "../../labels.ts";
import { SILENT } from "../../model/logger.ts";

function contextOf(filter: Labels): ScopedContext {
  return { signal: new AbortController().signal, deadline: new Date(0), filter, logger: SILENT };
}

Deno.test("watchScope() notices that the filter or the request is read, and nothing else", () => {
  let reads = 0;
  const filter = new Labels({ a: "b" });
  const request = new Request("http://localhost/");
  const scraped = { search: "", toWeb: () => request };
  const context = watchScope({ ...contextOf(filter), request: scraped }, () => reads++);
  assertEquals([context.deadline, context.logger, reads], [new Date(0), SILENT, 0]);
  assertEquals([context.filter, reads], [filter, 1]);
  assertEquals([context.request, reads], [request, 2]);
});

Deno.test("unreadFilter() gives the filter without its being read", () => {
  let reads = 0;
  const filter = new Labels({ a: "b" });
  const unread = unreadFilter(watchScope(contextOf(filter), () => reads++));
  assertEquals([unread.filter, reads], [filter, 0]);
  unread.onRead();
  assertEquals(reads, 1);
});

Deno.test("unreadFilter() reads the filter of a context that a collector has copied", () => {
  let reads = 0;
  const filter = new Labels({ a: "b" });
  const copy = { ...watchScope(contextOf(filter), () => reads++) };
  assertEquals(reads, 1);
  assertEquals(unreadFilter(copy).filter, filter);
});
