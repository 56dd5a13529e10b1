import { assertEquals, assertRejects } from "@std/assert";
import { Scraper } from "../../benches/compare/scraper.ts";

/** Answers each read of a connection with the next of some pieces of text. */
async function answer(listener: Deno.TcpListener, pieces: string[]): Promise<void> {
  using connection = await listener.accept();
  for (const piece of pieces) {
    await connection.read(new Uint8Array(1000));
    await connection.write(new TextEncoder().encode(piece));
  }
}

async function withScraper(
  responses: string[],
  use: (scraper: Scraper) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answered = answer(listener, responses);
  {
    using scraper = await Scraper.connect(listener.addr.port);
    await use(scraper);
  }
  await answered;
}

Deno.test("Scraper.scrape() reads several responses on one connection", async () => {
  const responses = [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nup \r\n2;x\r\n2\n\r\n0\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\nX-Why: no: thing\r\nContent-Length: 0\r\n\r\n",
  ];
  await withScraper(responses, async (scraper) => {
    const first = await scraper.scrape({ keep: true });
    assertEquals([first.status, new TextDecoder().decode(first.body)], [200, "up 1\n"]);
    const second = await scraper.scrape({ keep: true });
    assertEquals([second.size, new TextDecoder().decode(second.body)], [5, "up 2\n"]);
    const third = await scraper.scrape();
    assertEquals([third.status, third.headers.get("x-why"), third.size], [404, "no: thing", 0]);
  });
});

Deno.test("Scraper.scrape() rejects a truncated response", async () => {
  await withScraper(["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nup"], async (scraper) => {
    await assertRejects(() => scraper.scrape(), Error, "the connection was closed");
  });
});

Deno.test("Scraper.scrape() rejects a response without a length", async () => {
  await withScraper(["HTTP/1.1 200 OK\r\n\r\n"], async (scraper) => {
    await assertRejects(() => scraper.scrape(), Error, "a length is NaN");
  });
});
