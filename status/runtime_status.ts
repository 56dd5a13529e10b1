/**
 * The status of the runtime and of the process.
 *
 * @module
 */

import type { RuntimeStatus } from "./document.ts";

/** Returns the status of the runtime and of the process, without needing a permission. */
export async function runtimeStatus(): Promise<RuntimeStatus> {
  const { default: process } = await import("node:process");
  const { rss, heapUsed } = process.memoryUsage();
  return {
    runtime: globalThis.navigator?.userAgent.replace("/", " ") ?? `Node ${process.version}`,
    v8: process.versions.v8 ?? "",
    platform: `${process.platform} ${process.arch}`,
    started: Math.round(performance.timeOrigin) / 1000,
    memory: rss,
    heap: heapUsed,
  };
}
