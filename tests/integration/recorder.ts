/**
 * An exporter that knows afterwards who scraped it how.
 *
 * @module
 */

import { type Collect, createLogger, Exporter, Registry } from "@exporter/prometheus";

/** An exporter whose scrapers are recorded. Who scrapes `/text` gets the text format. */
export class Recorder implements AsyncDisposable {
  readonly encodings = new Set<string>();
  readonly contentTypes = new Set<string>();
  readonly #exporter: Exporter;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(collectors: Record<string, Collect>) {
    this.#exporter = new Exporter({
      configFile: false,
      registry: new Registry(),
      runtimeMetrics: false,
      logger: createLogger("test", { write: () => {} }),
    });
    for (const [name, collect] of Object.entries(collectors)) {
      this.#exporter.collector(name, collect);
    }
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const isText = new URL(request.url).pathname === "/text";
        const asked = isText ? asText(request) : request;
        const response = await this.#exporter.fetch(asked);
        this.encodings.add(`${response.headers.get("content-encoding")}`);
        this.contentTypes.add(`${response.headers.get("content-type")}`);
        return response;
      },
    );
  }

  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.#exporter.shutdown();
  }
}

function asText(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set("accept", "text/plain;version=0.0.4");
  return new Request(new URL("/metrics", request.url), { headers });
}
