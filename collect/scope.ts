/**
 * Whether a collector looks at what a scrape asks for, so that its result may be for that scrape only.
 *
 * @module
 */

import type { CollectContext } from "../collector.ts";
import type { Labels } from "../labels.ts";

/** A filter that may be passed on without being looked at. */
export interface UnreadFilter {
  /** The filter. */
  readonly filter: Labels;
  /** Records that the filter was looked at. */
  readonly onRead: () => void;
}

const unreadFilters = new WeakMap<CollectContext, UnreadFilter>();

/** Returns a context with the same properties that calls `onRead` when the filter or the request is read. */
export function watchScope(context: CollectContext, onRead: () => void): CollectContext {
  const { filter, request, ...common } = context;
  const watched = { ...common, filter, ...(request && { request }) };
  for (const [name, value] of Object.entries({ filter, ...(request && { request }) })) {
    Object.defineProperty(watched, name, {
      enumerable: true,
      get: () => {
        onRead();
        return value;
      },
    });
  }
  unreadFilters.set(watched, { filter, onRead });
  return watched;
}

/** Returns the filter of a context for a collector that passes it on, and says by itself if it is looked at. */
export function unreadFilter(context: CollectContext): UnreadFilter {
  return unreadFilters.get(context) ?? { filter: context.filter, onRead: () => {} };
}
