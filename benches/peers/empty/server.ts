/**
 * A minimal server that answers a scrape, as the baseline of startup times.
 *
 * @module
 */

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.error(`Listening on http://127.0.0.1:${port}/`),
}, () => new Response("up 1\n", { headers: { "Content-Type": "text/plain; version=0.0.4" } }));
