/**
 * The command `watch`, which shows the series of any exposition and how they change.
 *
 * @module
 */

import { formatBytes, Progress } from "./progress.ts";
import { hasChanged, type SeriesChange } from "./series_changes.ts";
import { formatJson, formatRows, HEADING } from "./series_table.ts";
import { shownTarget } from "./source.ts";
import { type Reading, sorted, Watched, type WatchOptions } from "./watched.ts";

/**
 * Watches a target: at a terminal, on the whole screen until `q` is pressed; otherwise, it prints all series first, and then those
 * that changed.
 *
 * @throws {Error} If the target cannot be read the first time.
 */
export async function watchTarget(options: WatchOptions): Promise<void> {
  const { target, readings } = options;
  const watched = new Watched(options);
  if (readings !== undefined) return await printOnce(watched, { ...options, readings });
  if (target !== "-" && Deno.stdout.isTerminal()) {
    const { WatchScreen } = await import("./watch_screen.ts");
    return await new WatchScreen(watched, options).run();
  }
  await printOn(watched, options);
}

async function printOnce(
  watched: Watched,
  { readings, interval, sort, format, target }: WatchOptions & { readonly readings: number },
): Promise<void> {
  let reading = await readShowing(watched, target);
  for (let i = 1; i < readings; i++) {
    await delay(interval);
    reading = await readShowing(watched, target);
  }
  warn(reading, target);
  const changes = sorted(reading.changes, sort);
  if (format === "json") console.log(formatJson(changes));
  else for (const line of table(changes)) console.log(line);
}

async function printOn(watched: Watched, options: WatchOptions): Promise<void> {
  const { target, interval, sort } = options;
  const first = await readShowing(watched, target);
  warn(first, target);
  if (!await print(table(sorted(first.changes, sort))) || target === "-") return;
  while (true) {
    await delay(interval);
    try {
      const reading = await watched.read();
      const changed = reading.changes.filter(hasChanged);
      const heading =
        `# ${reading.time.toISOString()}: ${changed.length} of ${reading.changes.length} series changed`;
      if (!await print([heading, ...rows(sorted(changed, sort))])) return;
    } catch (error) {
      console.error((error as Error).message);
    }
  }
}

/** Reads, and shows the progress if that takes a while. */
async function readShowing(watched: Watched, target: string): Promise<Reading> {
  using progress = new Progress();
  let what = `Waiting for ${shownTarget(target)}`;
  const timer = setInterval(() => progress.show(() => what), 100);
  try {
    return await watched.read({ onProgress: (bytes) => what = `Read ${formatBytes(bytes)}` });
  } finally {
    clearInterval(timer);
  }
}

function table(changes: readonly SeriesChange[]): string[] {
  return [HEADING, ...rows(changes)];
}

function rows(changes: readonly SeriesChange[]): string[] {
  return formatRows(changes, { hasColors: Deno.stdout.isTerminal() && !Deno.noColor });
}

/** Prints lines, and returns whether somebody still reads them. */
async function print(lines: readonly string[]): Promise<boolean> {
  let bytes = new TextEncoder().encode(`${lines.join("\n")}\n`);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}

function warn({ problems }: Reading, target: string): void {
  if (problems === 0) return;
  const what = problems === 1 ? "1 problem" : `${problems} problems`;
  console.error(`${shownTarget(target)}: ${what}, which the command lint describes`);
}

function delay(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
