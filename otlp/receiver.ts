/**
 * The receiver of OpenTelemetry metrics over HTTP.
 *
 * @see {@link https://opentelemetry.io/docs/specs/otlp/#otlphttp}
 *
 * @module
 */

import { WireWriter } from "../encode/protobuf_wire.ts";
import { MetricFamily } from "../family.ts";
import { OTLP_LIMITS } from "../model/otlp_limits.ts";
import { readProtobuf } from "./protobuf.ts";
import { EXPORT_REQUEST } from "./schema.ts";
import { OtlpStore, type OtlpStoreOptions, type Outcome, type Rejection } from "./store.ts";
import { isRecord } from "./values.ts";

const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/x-protobuf";

/** Milliseconds in which a body has to arrive. */
const BODY_TIME = 10_000;

/** The maximum number of requests whose bodies are in memory. */
const MAX_REQUESTS = 4;

/** A request to the receiver. */
export interface OtlpRequest {
  readonly headers: Pick<Headers, "get">;
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>> | null | undefined;
}

/** An answer with its media type. */
export interface OtlpReply {
  readonly status: number;
  readonly headers: Map<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Receives metrics, and returns them as families. */
export class OtlpReceiver {
  readonly #store: OtlpStore;
  readonly #maxBodyBytes: number;
  readonly #rejected = new Map<Rejection, number>();
  #received = 0;
  #requests = 0;

  /** Creates a receiver without series. */
  constructor({ limits = OTLP_LIMITS, ...options }: Partial<OtlpStoreOptions> = {}) {
    this.#store = new OtlpStore({ utf8Names: false, ...options, limits });
    this.#maxBodyBytes = limits.maxBodyBytes;
  }

  /** Answers a request. */
  async receive({ headers, body }: OtlpRequest): Promise<OtlpReply> {
    const type = (headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
    if (type !== JSON_TYPE && type !== PROTOBUF_TYPE) {
      return refusal(415, `Expected ${JSON_TYPE} or ${PROTOBUF_TYPE}`, JSON_TYPE);
    }
    const coding = (headers.get("content-encoding") ?? "identity").trim().toLowerCase();
    if (coding !== "gzip" && coding !== "identity") {
      return refusal(415, "Expected gzip or no compression", type);
    }
    if (this.#requests >= MAX_REQUESTS) return refusal(503, "Too many requests in flight", type);
    this.#requests++;
    try {
      const bytes = await this.#read(body, coding === "gzip");
      if (bytes === undefined) {
        return refusal(413, `Expected at most ${this.#maxBodyBytes} bytes`, type);
      }
      const message = type === PROTOBUF_TYPE
        ? readProtobuf(bytes, EXPORT_REQUEST)
        : JSON.parse(new TextDecoder().decode(bytes));
      if (!isRecord(message)) return refusal(400, "Expected an object", type);
      return this.#answer(this.#store.add(message), type);
    } catch {
      return refusal(400, "Expected a valid ExportMetricsServiceRequest", type);
    } finally {
      this.#requests--;
    }
  }

  /** Returns the families received, and metrics about the receiver. */
  collect(): MetricFamily[] {
    return [...this.#store.families(), ...this.#own()];
  }

  *#own(): Generator<MetricFamily> {
    const name = "exporter_otlp_";
    yield new MetricFamily(`${name}received_points_total`, {
      type: "counter",
      help: "Data points received over OTLP and accepted.",
    }).add(this.#received);
    const rejected = new MetricFamily(`${name}rejected_points_total`, {
      type: "counter",
      help: "Data points received over OTLP and rejected.",
    });
    for (const [reason, count] of this.#rejected) rejected.add(count, { reason });
    yield rejected;
    yield new MetricFamily(`${name}series`, { type: "gauge", help: "Series received over OTLP." })
      .add(this.#store.series);
    yield new MetricFamily(`${name}resources`, {
      type: "gauge",
      help: "Resources, such as programs, that send metrics over OTLP.",
    }).add(this.#store.resources);
  }

  /** Reads a body; undefined if it is too large. */
  async #read(
    body: OtlpRequest["body"],
    isCompressed: boolean,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!body) return new Uint8Array();
    const plain = isCompressed ? body.pipeThrough(new DecompressionStream("gzip")) : body;
    const reader = plain.getReader();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reader.cancel().catch(() => {});
    }, BODY_TIME);
    try {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let length = 0;
      for (;;) {
        const { value, done } = await reader.read();
        if (isLate) throw new Error("The body is incomplete");
        if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer());
        length += value.length;
        if (length > this.#maxBodyBytes) return undefined;
        chunks.push(value);
      }
    } finally {
      clearTimeout(timer);
      reader.cancel().catch(() => {});
    }
  }

  #answer({ received, rejected }: Outcome, type: string): OtlpReply {
    this.#received += received;
    let count = 0;
    for (const [reason, points] of rejected) {
      count += points;
      this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + points);
    }
    const errorMessage = Array.from(rejected, ([reason, points]) => `${reason}: ${points}`).join();
    if (type === JSON_TYPE) {
      const partialSuccess = { rejectedDataPoints: String(count), errorMessage };
      return reply(
        200,
        type,
        new TextEncoder().encode(JSON.stringify(count && { partialSuccess } || {})),
      );
    }
    const writer = new WireWriter();
    if (count > 0) {
      const start = writer.begin(1);
      writer.int(1, count);
      writer.string(2, errorMessage);
      writer.end(start);
    }
    return reply(200, type, writer.take());
  }
}

/** Returns a refusal with a `google.rpc.Status`. */
function refusal(status: number, message: string, type: string): OtlpReply {
  const writer = new WireWriter();
  writer.string(2, message);
  const body = type === PROTOBUF_TYPE
    ? writer.take()
    : new TextEncoder().encode(JSON.stringify({ message }));
  const answer = reply(status, type, body);
  if (status === 503) answer.headers.set("retry-after", "1");
  return answer;
}

function reply(status: number, type: string, body: Uint8Array<ArrayBuffer>): OtlpReply {
  const headers = new Map([
    ["content-length", String(body.length)],
    ["content-type", type],
    ["x-content-type-options", "nosniff"],
  ]);
  return { status, headers, body };
}
