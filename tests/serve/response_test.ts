import { assertEquals, assertRejects } from "@std/assert";
import { EncodedExposition } from "../../encode/encoded_exposition.ts";
import type { Exposition } from "../../exposition.ts";
import { InFlight } from "../../serve/in_flight.ts";
import {
  expositionReply,
  htmlReply,
  replyOf,
  responseOf,
  textReply,
} from "../../serve/response.ts";

/** An exposition of so many pieces, "x 1\n" each. */
function exposition(pieces: number, encoding: "identity" | "gzip" = "identity"): Exposition {
  const chunks = Array.from({ length: pieces }, () => new TextEncoder().encode("x 1\n"));
  return new EncodedExposition({ contentType: "text/plain; version=0.0.4", encoding, chunks });
}

function respond(exposition: Exposition, inFlight = new InFlight({ max: () => 40 })): Response {
  return responseOf(expositionReply(exposition, inFlight.enter()!));
}

Deno.test("textReply() returns a line of plain text", async () => {
  const response = responseOf(textReply(404, "Not found: ü"));
  assertEquals(response.status, 404);
  assertEquals(Object.fromEntries(response.headers), {
    "content-length": "14",
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  assertEquals(await response.text(), "Not found: ü\n");
});

Deno.test("textReply() adds headers", () => {
  const { headers } = textReply(405, "Method not allowed", { allow: "GET, HEAD" });
  assertEquals(headers.get("allow"), "GET, HEAD");
});

Deno.test("htmlReply() returns a page with its policy", async () => {
  const response = responseOf(htmlReply("<!DOCTYPE html>", "default-src 'none'"));
  assertEquals(response.status, 200);
  assertEquals(Object.fromEntries(response.headers), {
    "content-length": "15",
    "content-security-policy": "default-src 'none'",
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  assertEquals(await response.text(), "<!DOCTYPE html>");
});

Deno.test("expositionReply() sets all headers", () => {
  const response = respond(exposition(1));
  assertEquals(response.status, 200);
  assertEquals(Object.fromEntries(response.headers), {
    "content-length": "4",
    "content-type": "text/plain; version=0.0.4",
    "vary": "Accept, Accept-Encoding",
    "x-content-type-options": "nosniff",
  });
});

Deno.test("expositionReply() names the content coding", () => {
  const { headers } = respond(exposition(1, "gzip"));
  assertEquals(headers.get("content-encoding"), "gzip");
});

for (const pieces of [0, 1, 3]) {
  Deno.test(`expositionReply() sends ${pieces} pieces`, async () => {
    const response = respond(exposition(pieces));
    assertEquals(response.headers.get("content-length"), String(4 * pieces));
    assertEquals(await response.text(), "x 1\n".repeat(pieces));
  });
}

for (const pieces of [3, 20_000]) {
  Deno.test(`expositionReply() disposes of ${pieces} pieces`, async () => {
    const sent = exposition(pieces);
    await respond(sent).text();
    assertEquals(sent.isDisposed, true);
  });
}

Deno.test("expositionReply() streams a large exposition", async () => {
  const large = exposition(20_000);
  const { body } = respond(large);
  assertEquals(large.isDisposed, false);
  await body!.cancel();
  assertEquals(large.isDisposed, true);
});

for (const pieces of [3, 20_000]) {
  Deno.test(`expositionReply() ends the request after ${pieces} pieces are read`, async () => {
    const inFlight = new InFlight({ max: () => 40 });
    const response = respond(exposition(pieces), inFlight);
    await response.text();
    assertEquals(inFlight.size, 0);
  });
}

Deno.test("expositionReply() ends the request when its body is canceled", async () => {
  const inFlight = new InFlight({ max: () => 40 });
  const { body } = respond(exposition(20_000), inFlight);
  assertEquals(inFlight.size, 1);
  await body!.cancel();
  assertEquals(inFlight.size, 0);
});

Deno.test("expositionReply() breaks off, and frees the memory, when the request is ended for its stalled reader", async () => {
  let time = 0;
  const inFlight = new InFlight({ max: () => 1, now: () => time });
  const large = exposition(40_000);
  const reader = respond(large, inFlight).body!.getReader();
  await reader.read();
  time = 100;
  inFlight.enter()!.leave();
  assertEquals(large.isDisposed, true);
  await assertRejects(() => reader.read(), DOMException, "The client does not read");
});

Deno.test("replyOf() can be turned back, with its cookies, and with headers that can be changed", async () => {
  const original = new Response("a", { headers: [["set-cookie", "a=b"], ["set-cookie", "c=d"]] });
  const reply = replyOf(original);
  reply.headers.set("x", "y");
  const response = responseOf(reply);
  assertEquals(response.headers.getSetCookie(), ["a=b", "c=d"]);
  assertEquals([response.headers.get("x"), await response.text()], ["y", "a"]);
  replyOf(Response.redirect("http://localhost/")).headers.set("x", "y");
});
