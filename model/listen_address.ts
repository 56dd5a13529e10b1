/**
 * Addresses that an exporter listens on: `127.0.0.1:9999`, `[::1]:9999`, `:9999` for all interfaces, `unix:/run/exporter.sock`, and
 * `fd:3` for a socket that the process has inherited.
 *
 * @module
 */

import { parseHost } from "./host.ts";

/** A TCP port of a host name or an IP address, an IPv6 address without brackets. */
export interface TcpAddress {
  readonly hostname: string;
  /** The port; 0 selects a free one. */
  readonly port: number;
}

/** The file of a Unix socket. */
export interface SocketAddress {
  readonly path: string;
}

/** The descriptor of a socket that the process has inherited. */
export interface DescriptorAddress {
  readonly descriptor: number;
}

/** An address to listen on. */
export type ListenAddress = TcpAddress | SocketAddress | DescriptorAddress;

/** What {@linkcode parseListenAddress} accepts, for error messages. */
export const LISTEN_ADDRESS =
  'an address such as "127.0.0.1:9999", ":9999", "unix:/run/a.sock" or "fd:3"';

/** Parses an address; returns undefined if it is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    return path === "" || path.includes("\0") ? undefined : { path };
  }
  const [, descriptor] = /^fd:(\d{1,5})$/.exec(text) ?? [];
  if (descriptor !== undefined) return { descriptor: Number(descriptor) };
  const [, host, digits] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(digits) > 65535) return undefined;
  if (host.includes(":") && !host.startsWith("[")) return undefined;
  const hostname = host === "" ? "0.0.0.0" : parseHost(host);
  return hostname === undefined ? undefined : { hostname, port: Number(digits) };
}

/** Formats an address as {@linkcode parseListenAddress} accepts it. */
export function formatAddress(address: ListenAddress): string {
  if ("path" in address) return `unix:${address.path}`;
  if ("descriptor" in address) return `fd:${address.descriptor}`;
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
