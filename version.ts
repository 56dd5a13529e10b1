/**
 * The version of this package, for the landing page and the command line.
 *
 * @module
 */

/** The version, which is that of `deno.json`. */
export const VERSION = "0.1.0";
