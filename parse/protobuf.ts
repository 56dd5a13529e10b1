/**
 * The parser of the protobuf format, for tests of what a program exposes.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#protobuf-format}
 *
 * @module
 */

import { formatValue } from "../model/numbers.ts";
import type { MetricType } from "../model/metric_type.ts";
import { type Family, PARTS } from "../model/family.ts";
import { Sample } from "../model/sample.ts";

/** The types in the order of the enum `io.prometheus.client.MetricType`. */
const TYPES: readonly MetricType[] = [
  "counter",
  "gauge",
  "summary",
  "untyped",
  "histogram",
  "gaugehistogram",
];

/** The field of `Metric` that has the value of each type. */
const VALUE_FIELDS: Readonly<Partial<Record<MetricType, number>>> = {
  gauge: 2,
  counter: 3,
  summary: 4,
  untyped: 5,
  histogram: 7,
  gaugehistogram: 7,
};

/** The value of a field: a number, or the bytes of a string or a message. */
type Value = number | Uint8Array;

/** The values of each field by field number. */
type Message = ReadonlyMap<number, readonly Value[]>;

/**
 * Parses delimited `io.prometheus.client.MetricFamily` messages. Of histograms, it reads the classic buckets only.
 *
 * @throws {SyntaxError} If the bytes are not such messages.
 */
export function parseMetricFamilies(bytes: Uint8Array): Family[] {
  const reader = new Reader(bytes);
  const families: Family[] = [];
  while (!reader.isAtEnd) families.push(readFamily(readMessage(reader.bytes())));
  const samples = families.flatMap(({ samples }) => samples);
  assertUnique("families", families.map(({ name }) => name));
  assertUnique("series", samples.map(({ series }) => series));
  return families;
}

function assertUnique(what: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) fail(`unique ${what}, got ${name} twice`);
    seen.add(name);
  }
}

function readFamily(message: Message): Family {
  const name = text(message, 1);
  const type = TYPES[number(message, 3)];
  if (name === "" || type === undefined) return fail("a family with a name and a type");
  const samples = messages(message, 4).flatMap((metric) => readMetric(name, type, metric));
  return { name, type, help: text(message, 2), unit: text(message, 5) || undefined, samples };
}

function readMetric(name: string, type: MetricType, metric: Message): Sample[] {
  const labels = messages(metric, 1).flatMap((pair) => [text(pair, 1), text(pair, 2)]);
  const timestamp = metric.has(6) ? number(metric, 6) : undefined;
  const [value] = messages(metric, VALUE_FIELDS[type]!);
  if (value === undefined) return fail(`a ${type} as metric of "${name}"`);
  const parts = PARTS[type];
  if (parts === undefined) return [new Sample(name, labels, number(value, 1), timestamp)];
  const isSummary = type === "summary";
  const bounds = messages(value, 3).map((part) => {
    const bound = formatValue(number(part, isSummary ? 1 : 2));
    const partLabels = [...labels, parts.label, bound];
    return new Sample(name + parts.suffix, partLabels, number(part, isSummary ? 2 : 1), timestamp);
  });
  const [sum, count] = parts.totals;
  const hasLast = isSummary || bounds.at(-1)?.label(parts.label) === "+Inf";
  const last = [...labels, parts.label, "+Inf"];
  return [
    ...bounds,
    // The +Inf bucket may be omitted, because it equals the count.
    ...(hasLast ? [] : [new Sample(name + parts.suffix, last, number(value, 1), timestamp)]),
    new Sample(name + sum, labels, number(value, 2), timestamp),
    new Sample(name + count, labels, number(value, 1), timestamp),
  ];
}

function number(message: Message, field: number): number {
  const value = message.get(field)?.at(-1) ?? 0;
  return typeof value === "number" ? value : fail(`a number as field ${field}`);
}

function text(message: Message, field: number): string {
  const value = message.get(field)?.at(-1) ?? new Uint8Array();
  if (typeof value === "number") return fail(`a string as field ${field}`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return fail(`UTF-8 as field ${field}`);
  }
}

function messages(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((value) =>
    typeof value === "number" ? fail(`a message as field ${field}`) : readMessage(value)
  );
}

function readMessage(bytes: Uint8Array): Message {
  const reader = new Reader(bytes);
  const message = new Map<number, Value[]>();
  while (!reader.isAtEnd) {
    const key = reader.varint();
    const field = Math.floor(key / 8);
    const values = message.get(field);
    const value = reader.value(key % 8);
    if (values) values.push(value);
    else message.set(field, [value]);
  }
  return message;
}

/** Reads the wire format of a message. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** Reads a value of one of the wire types that the schema uses. */
  value(wireType: number): Value {
    switch (wireType) {
      case 0:
        return this.varint();
      case 1:
        return this.#view.getFloat64(this.#take(8), true);
      case 2:
        return this.bytes();
      default:
        return fail(`a wire type of 0, 1 or 2, got ${wireType}`);
    }
  }

  varint(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1)]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    return fail("a number of at most ten bytes");
  }

  bytes(): Uint8Array {
    const length = this.varint();
    if (length < 0) return fail("a length that is not negative");
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** Consumes bytes, and returns the offset of the first one. */
  #take(count: number): number {
    const from = this.#offset;
    if (from + count > this.#bytes.length) return fail(`${count} more bytes`);
    this.#offset += count;
    return from;
  }
}

function fail(expected: string): never {
  throw new SyntaxError(`Cannot parse exposition in protobuf: expected ${expected}`);
}
