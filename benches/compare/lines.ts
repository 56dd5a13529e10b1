/**
 * Splitting of a stream into lines.
 *
 * @module
 */

/** Yields the lines of a stream, without line feeds. An incomplete last line is dropped. */
export async function* lines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void> {
  let pieces: string[] = [];
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = text.split("\n");
    for (const part of parts.slice(0, -1)) {
      yield pieces.join("") + part;
      pieces = [];
    }
    pieces.push(parts.at(-1)!);
  }
}
