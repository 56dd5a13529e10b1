/**
 * Metrics about the process and the Deno runtime.
 *
 * @module
 */

import { MetricFamily } from "./family.ts";
import { Histogram } from "./histogram.ts";
import { Metric } from "./metric.ts";
import { Registry } from "./registry.ts";
import { Info } from "./info.ts";

/** Milliseconds between two measurements of the event loop lag. */
const LAG_INTERVAL = 100;

/**
 * Metrics about the process and the Deno runtime: CPU time, memory, file descriptors, heap and event loop lag. An
 * {@linkcode Exporter} exposes them by default.
 *
 * The `process_…` metrics follow the
 * {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics | guidelines for client libraries}. Metrics
 * that need a missing permission are left out. Deno never prompts for one.
 *
 * ```ts
 * import { Registry, RuntimeMetrics } from "@exporter/prometheus";
 *
 * const registry = new Registry();
 * using runtime = new RuntimeMetrics();
 * registry.register(runtime.registry);
 * runtime.start();
 * console.log((await registry.expose()).text());
 * ```
 */
export class RuntimeMetrics implements Disposable {
  /** The registry of these metrics. Register it in the one that is exposed. */
  readonly registry: Registry = new Registry();
  readonly #lag = new Histogram(
    "deno_event_loop_lag_seconds",
    "Lag of event loop in seconds.",
    { unit: "seconds", buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] },
  );
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Creates the metrics. Call {@linkcode RuntimeMetrics.start} to measure the event loop lag. */
  constructor() {
    const info = new Info("deno_info", "Information about the Deno environment.", {
      labels: ["version", "v8", "typescript"],
    });
    const { deno: version, v8, typescript } = Deno.version;
    info.set({ version, v8, typescript });
    this.registry.register(info);
    this.registry.register(this.#lag);
    this.registry.register({ collect: collectProcess });
    this.registry.register({ collect: collectHeap });
    if (hasProcFiles()) this.registry.register({ collect: collectProcFiles });
  }

  /** Starts to measure the event loop lag, with a timer that does not keep the process alive. */
  start(): void {
    if (this.#timer !== undefined) return;
    void loadNodeModules();
    let due = performance.now() + LAG_INTERVAL;
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#lag.observe(Math.max(0, now - due) / 1000);
      due = now + LAG_INTERVAL;
    }, LAG_INTERVAL);
    Deno.unrefTimer(this.#timer);
  }

  /** Stops measuring the event loop lag. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Stops measuring the event loop lag. */
  [Symbol.dispose](): void {
    this.stop();
  }
}

function gauge(name: string, help: string, value: number, unit?: string): Metric {
  return new Metric(name, { type: "gauge", help, value, ...(unit && { unit }) });
}

/** Loads modules of Node that take as long to load as half of the library, and that only a scrape needs. */
async function loadNodeModules() {
  const [{ default: process }, v8] = await Promise.all([import("node:process"), import("node:v8")]);
  return { process, v8 };
}

async function collectProcess(): Promise<Metric[]> {
  const { process } = await loadNodeModules();
  const { user, system } = process.cpuUsage();
  const { rss, heapTotal } = Deno.memoryUsage();
  return [
    new Metric("process_cpu_seconds_total", {
      type: "counter",
      help: "Total user and system CPU time spent in seconds.",
      value: (user + system) / 1e6,
    }),
    gauge("process_resident_memory_bytes", "Resident memory size in bytes.", rss, "bytes"),
    gauge("process_heap_bytes", "Process heap size in bytes.", heapTotal, "bytes"),
    gauge(
      "process_start_time_seconds",
      "Start time of the process since unix epoch in seconds.",
      performance.timeOrigin / 1000,
      "seconds",
    ),
  ];
}

async function collectHeap(): Promise<(Metric | MetricFamily)[]> {
  const { v8 } = await loadNodeModules();
  const heap = v8.getHeapStatistics();
  const { external } = Deno.memoryUsage();
  const used = new MetricFamily("deno_heap_space_used_bytes", {
    type: "gauge",
    help: "Heap space size used in bytes.",
    unit: "bytes",
  });
  const size = new MetricFamily("deno_heap_space_size_bytes", {
    type: "gauge",
    help: "Heap space size in bytes.",
    unit: "bytes",
  });
  for (const { space_name, space_used_size, space_size } of v8.getHeapSpaceStatistics()) {
    const space = space_name.replace(/_space$/, "");
    used.add(space_used_size, { space });
    size.add(space_size, { space });
  }
  return [
    gauge("deno_heap_used_bytes", "Heap size used in bytes.", heap.used_heap_size, "bytes"),
    gauge("deno_heap_size_bytes", "Heap size in bytes.", heap.total_heap_size, "bytes"),
    gauge("deno_heap_limit_bytes", "Maximum heap size in bytes.", heap.heap_size_limit, "bytes"),
    gauge(
      "deno_external_memory_bytes",
      "External memory size in bytes.",
      external,
      "bytes",
    ),
    used,
    size,
  ];
}

/** Returns whether /proc can be read: Deno requires all permissions for that. */
function hasProcFiles(): boolean {
  const permissions = ["read", "write", "net", "env", "run", "ffi", "sys"] as const;
  return Deno.build.os === "linux" &&
    permissions.every((name) => Deno.permissions.querySync({ name }).state === "granted");
}

async function collectProcFiles(): Promise<Metric[]> {
  const [status, limits, descriptors] = await Promise.all([
    Deno.readTextFile("/proc/self/status"),
    Deno.readTextFile("/proc/self/limits"),
    Array.fromAsync(Deno.readDir("/proc/self/fd")),
  ]);
  const virtual = Number(/^VmSize:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  const threads = Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1]);
  const maxDescriptors = limitOf("open files", limits);
  const maxVirtual = limitOf("address space", limits);
  return [
    gauge("process_open_fds", "Number of open file descriptors.", descriptors.length),
    gauge("process_max_fds", "Maximum number of open file descriptors.", maxDescriptors),
    gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", virtual, "bytes"),
    gauge(
      "process_virtual_memory_max_bytes",
      "Maximum amount of virtual memory available in bytes.",
      maxVirtual,
      "bytes",
    ),
    gauge("process_threads", "Number of OS threads in the process.", threads),
  ];
}

/** Returns a soft limit, which may be `unlimited`. */
function limitOf(what: string, limits: string): number {
  const limit = new RegExp(`^Max ${what}\\s+(\\S+)`, "m").exec(limits)?.[1];
  return limit === "unlimited" ? Infinity : Number(limit);
}
