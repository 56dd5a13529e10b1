/**
 * Clients that behave badly: they cancel requests, reset connections, and do not read.
 *
 * @module
 */

/** How many bytes a stalled reader asks for at least: more than the buffers of a connection hold. */
const STALLED_BYTES = 16 * 2 ** 20;

/** Cancels a request after so many milliseconds, which may be in mid-response. */
export async function cancel(url: URL, milliseconds: number): Promise<void> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    const response = await fetch(url, { signal });
    for await (const _ of response.body!);
  } catch {
    // It was canceled.
  }
}

/** Reads the start of a response, and closes the connection while the rest is unread, which resets it. */
export async function reset(url: URL): Promise<void> {
  using connection = await connect(url);
  await connection.write(new TextEncoder().encode(requestTo(url)));
  await connection.read(new Uint8Array(100));
}

/** Sends requests, and reads nothing until the signal aborts. */
export async function stall(url: URL, size: number, signal: AbortSignal): Promise<void> {
  using connection = await connect(url);
  const count = Math.ceil(STALLED_BYTES / size);
  await connection.write(new TextEncoder().encode(requestTo(url).repeat(count)));
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
}

function connect({ hostname, port }: URL): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname, port: Number(port) });
}

function requestTo({ pathname, search }: URL): string {
  return `GET ${pathname}${search} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}
