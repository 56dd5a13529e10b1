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

/** The HTTP request of a scrape. */
export interface ScrapedRequest {
  /** The query of its URL with its question mark; empty if there is none. */
  readonly search: string;
  /** Returns it as a web request, always the same. */
  toWeb(): Request;
}

/** A context in which the request is not a web request yet. */
export interface ScopedContext extends Omit<CollectContext, "request"> {
  readonly request?: ScrapedRequest;
}

/** Returns a context for a collector that calls `onRead` when the filter or the request is read. */
export function watchScope(context: ScopedContext, onRead: () => void): CollectContext {
  const { filter, request, ...common } = context;
  const readFilter = () => {
    onRead();
    return filter;
  };
  const watched = request === undefined
    ? {
      ...common,
      get filter() {
        return readFilter();
      },
    }
    : {
      ...common,
      get filter() {
        return readFilter();
      },
      get request() {
        onRead();
        return request.toWeb();
      },
    };
  unreadFilters.set(watched, { filter, onRead });
  return watched;
}

/** Returns the filter of a context for a collector that passes it on, and says by itself if it is looked at. */
export function unreadFilter(context: CollectContext): UnreadFilter {
  return unreadFilters.get(context) ?? { filter: context.filter, onRead: () => {} };
}
