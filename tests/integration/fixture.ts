/**
 * Programs that are there for tests only.
 *
 * @module
 */

/** The path of a fixture. */
export function fixture(name: string): string {
  return new URL(`fixtures/${name}`, import.meta.url).pathname;
}
