/**
 * The messages of several errors in one.
 *
 * @module
 */

/** How many messages are told. */
const MAX_MESSAGES = 5;

/** Joins messages. Only the first ones are told, and how many more there are. */
export function joinMessages(messages: readonly string[], max: number = MAX_MESSAGES): string {
  const others = messages.length - max;
  return messages.slice(0, max).join("; ") + (others > 0 ? `; and ${others} more` : "");
}
