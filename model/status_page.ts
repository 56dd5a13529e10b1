/**
 * What the status page shows to whom.
 *
 * @module
 */

/** The values of the setting: all to those who may know details, all to everybody, or only a page with links. */
export const STATUS_PAGES = ["auto", "full", "off"] as const;

/** A value of the setting. */
export type StatusPage = (typeof STATUS_PAGES)[number];
