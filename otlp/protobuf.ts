/**
 * Reads messages in protobuf into the form that they have in JSON.
 *
 * @see {@link https://protobuf.dev/programming-guides/encoding/}
 *
 * @module
 */

import type { Field, FieldKind, Schema } from "./schema.ts";

/** A message: the values of its fields by their names in JSON. */
export type Message = Record<string, unknown>;

/** The maximum depth of nested messages, such as lists in values of attributes. */
const MAX_DEPTH = 40;

/**
 * Reads a message. Fields that the schema does not have are skipped.
 *
 * @throws {SyntaxError} If the bytes are not such a message.
 */
export function readProtobuf(bytes: Uint8Array, schema: Schema, depth = 0): Message {
  if (depth > MAX_DEPTH) fail(`messages nested at most ${MAX_DEPTH} deep`);
  const reader = new Reader(bytes);
  const message: Message = Object.create(null);
  while (!reader.isAtEnd) {
    const key = reader.varint();
    const wireType = Number(key & 7n);
    const field = schema[Number(key >> 3n)];
    if (field === undefined) reader.skip(wireType);
    else readField(reader, wireType, field, message, depth);
  }
  return message;
}

function readField(
  reader: Reader,
  wireType: number,
  { name, kind, isRepeated }: Field,
  message: Message,
  depth: number,
): void {
  if (typeof kind === "function") {
    if (wireType !== 2) fail(`a message as ${name}`);
    const value = readProtobuf(reader.bytes(), kind(), depth + 1);
    if (isRepeated) list(message, name).push(value);
    else message[name] = { ...message[name] as Message | undefined, ...value };
    return;
  }
  if (isRepeated && wireType === 2) {
    const packed = new Reader(reader.bytes());
    const values = list(message, name);
    while (!packed.isAtEnd) values.push(readScalar(packed, wireTypeOf(kind), kind, name));
    return;
  }
  const value = readScalar(reader, wireType, kind, name);
  if (isRepeated) list(message, name).push(value);
  else message[name] = value;
}

function list(message: Message, name: string): unknown[] {
  return (message[name] ??= []) as unknown[];
}

function wireTypeOf(kind: FieldKind): number {
  if (kind === "string" || kind === "bytes") return 2;
  return kind === "double" || kind === "fixed64" || kind === "sfixed64" ? 1 : 0;
}

function readScalar(reader: Reader, wireType: number, kind: FieldKind, name: string): unknown {
  if (wireType !== wireTypeOf(kind)) {
    fail(`a field ${name} of wire type ${wireTypeOf(kind)}, got ${wireType}`);
  }
  switch (kind) {
    case "string":
      return new TextDecoder().decode(reader.bytes());
    case "bytes":
      return reader.bytes();
    case "bool":
      return reader.varint() !== 0n;
    case "double":
      return reader.double();
    case "fixed64":
      return Number(reader.fixed64());
    case "sfixed64":
      return Number(BigInt.asIntN(64, reader.fixed64()));
    case "uint":
      return Number(BigInt.asUintN(64, reader.varint()));
    case "int":
      return Number(BigInt.asIntN(64, reader.varint()));
    case "sint": {
      const value = BigInt.asUintN(64, reader.varint());
      return Number(value >> 1n) * (value & 1n ? -1 : 1) - Number(value & 1n);
    }
  }
}

/** Reads the wire format. */
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

  varint(): bigint {
    const first = this.#bytes[this.#take(1)]!;
    if (first < 128) return BigInt(first);
    let value = BigInt(first & 127);
    for (let shift = 7n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1)]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return fail("a number of at most ten bytes");
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  fixed64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  bytes(): Uint8Array {
    const length = Number(this.varint());
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  skip(wireType: number): void {
    if (wireType === 0) this.varint();
    else if (wireType === 1) this.#take(8);
    else if (wireType === 2) this.bytes();
    else if (wireType === 5) this.#take(4);
    else fail(`a wire type of 0, 1, 2 or 5, got ${wireType}`);
  }

  #take(count: number): number {
    const from = this.#offset;
    if (from + count > this.#bytes.length) fail(`${count} more bytes`);
    this.#offset += count;
    return from;
  }
}

function fail(expected: string): never {
  throw new SyntaxError(`Cannot read OTLP request: expected ${expected}`);
}
