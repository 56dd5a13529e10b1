/**
 * The machine that the comparison runs on.
 *
 * @module
 */

/** Returns hardware and software of the machine by name. */
export async function describeMachine(): Promise<Record<string, string>> {
  const { deno, v8 } = Deno.version;
  return {
    processor: `${await processor()}, ${navigator.hardwareConcurrency} cores`,
    memory: `${(Deno.systemMemoryInfo().total / 2 ** 30).toFixed(0)} GiB`,
    system: `${await system()}, ${Deno.build.os} ${Deno.osRelease()}, ${Deno.build.arch}`,
    load: Deno.loadavg().map((load) => load.toFixed(2)).join(" "),
    deno: `${deno}, V8 ${v8}`,
  };
}

async function processor(): Promise<string> {
  const [, model] = /^model name\s*:\s*(.+)$/m.exec(await read("/proc/cpuinfo")) ?? [];
  return model ?? "unknown processor";
}

async function system(): Promise<string> {
  const [, name] = /^PRETTY_NAME="?([^"\n]+)/m.exec(await read("/etc/os-release")) ?? [];
  return name ?? Deno.build.os;
}

/** Reads a file that exists on some systems only. */
async function read(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}
