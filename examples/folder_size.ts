/**
 * The module of the worker in `isolated.ts`: the size of each folder here. It does not return before it has seen every file.
 *
 * @module
 */

import { MetricFamily } from "@exporter/prometheus";

/** Returns the sizes of the folders in the working directory. */
export function collect(): MetricFamily[] {
  const sizes = new MetricFamily("folder_size_bytes", {
    type: "gauge",
    help: "Size of all files in the folder in bytes.",
  });
  for (const { name, isDirectory } of Deno.readDirSync(".")) {
    if (isDirectory && !name.startsWith(".")) sizes.add(sizeOf(name), { folder: name });
  }
  return [sizes];
}

function sizeOf(folder: string): number {
  let size = 0;
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) size += sizeOf(path);
    else if (isFile) size += Deno.statSync(path).size;
  }
  return size;
}
