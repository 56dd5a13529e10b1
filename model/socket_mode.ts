/**
 * The permission bits of the file of a Unix socket.
 *
 * @module
 */

/** What {@linkcode parseSocketMode} accepts, for error messages. */
export const SOCKET_MODE = 'octal permissions such as "660"';

/** Parses permission bits. Returns undefined if the text is none. */
export function parseSocketMode(text: string): number | undefined {
  return /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}
