/**
 * The files of the repository.
 *
 * @module
 */

import { ROOT } from "./program.ts";

/** The paths of all files in a folder of the repository, such as `docs/`, and in the folders in it. */
export function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}${name}/`) : [`${folder}${name}`]
  );
}
