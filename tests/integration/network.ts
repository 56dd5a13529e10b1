/**
 * The addresses of this machine.
 *
 * @module
 */

/** Whether the machine has the IPv6 address `::1`. */
export const HAS_IPV6: boolean = canListen("::1");

/** A port of 127.0.0.1 on which nobody listens. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A listener in the way of others. */
export function occupyPort(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
}

function canListen(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
