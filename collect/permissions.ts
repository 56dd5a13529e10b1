/**
 * The permissions that collectors declare.
 *
 * @module
 */

import type { CollectContext, Collector, CollectResult, PermissionSet } from "../collector.ts";
import { describe } from "../model/describe.ts";
import { checkNames } from "../model/options.ts";

/** A kind of permission. */
type Kind = keyof Exclude<PermissionSet, "all">;

/** The property of a descriptor that names what a permission is for. */
const DETAILS: Readonly<Record<Kind, string>> = {
  env: "variable",
  ffi: "path",
  import: "host",
  net: "host",
  read: "path",
  run: "command",
  sys: "kind",
  write: "path",
};

const KINDS = Object.keys(DETAILS) as Kind[];

/**
 * Checks declared permissions at run time.
 *
 * @throws {TypeError} If they have the wrong shape, or a kind is unknown.
 */
export function checkPermissions(action: string, permissions: PermissionSet | undefined): void {
  if (permissions === undefined || permissions === "all") return;
  if (typeof permissions !== "object" || permissions === null) {
    throw new TypeError(
      `${action}: expected permissions to be "all" or an object, got ${describe(permissions)}`,
    );
  }
  checkNames(`${action} with these permissions`, permissions, KINDS);
  for (const [kind, values] of Object.entries<unknown>(permissions)) {
    const isList = Array.isArray(values) && values.length > 0 &&
      values.every((value) => typeof value === "string" && value !== "");
    if (values === true || values === undefined || isList) continue;
    throw new TypeError(
      `${action}: expected permission ${kind} to be true or an array of strings, got ${
        describe(values)
      }`,
    );
  }
}

/** Puts permissions together. */
export function mergePermissions(sets: readonly PermissionSet[]): PermissionSet {
  const merged: Partial<Record<Kind, true | readonly string[]>> = {};
  for (const permissions of sets) {
    if (permissions === "all") return "all";
    for (const kind of KINDS) {
      const [had, more] = [merged[kind], permissions[kind]];
      if (more === undefined) continue;
      merged[kind] = had === true || more === true ? true : [...new Set([...had ?? [], ...more])];
    }
  }
  return merged;
}

/** Returns the flags that give permissions to a program. */
export function permissionFlags(permissions: PermissionSet): string[] {
  if (permissions === "all") return ["--allow-all"];
  return KINDS.flatMap((kind) => {
    const values = permissions[kind];
    if (values === undefined) return [];
    if (values === true) return [`--allow-${kind}`];
    return [`--allow-${kind}=${values.map((value) => value.replaceAll(",", ",,")).join()}`];
  });
}

/** Returns the flags of those permissions that the program lacks. Never asks for one. */
export async function missingFlags(permissions: PermissionSet): Promise<string[]> {
  if (permissions === "all") {
    const states = await Promise.all(KINDS.map((kind) => isGranted(kind)));
    return states.every((granted) => granted) ? [] : permissionFlags("all");
  }
  const missing: Partial<Record<Kind, true | string[]>> = {};
  for (const kind of KINDS) {
    const values = permissions[kind];
    if (values === true && !await isGranted(kind)) missing[kind] = true;
    if (values === undefined || values === true) continue;
    const states = await Promise.all(values.map((value) => isGranted(kind, value)));
    const lacking = values.filter((_, i) => !states[i]);
    if (lacking.length > 0) missing[kind] = lacking;
  }
  return permissionFlags(missing);
}

/** Only Deno has permissions. Where there are none, everything is permitted. */
async function isGranted(kind: Kind, value?: string): Promise<boolean> {
  if (!("Deno" in globalThis)) return true;
  const descriptor = { name: kind, ...(value !== undefined && { [DETAILS[kind]]: value }) };
  return (await Deno.permissions.query(descriptor as Deno.PermissionDescriptor)).state ===
    "granted";
}

/**
 * Asserts that the program has permissions.
 *
 * @throws {Error} If one is missing. The message names the flag.
 */
export async function assertPermitted(permissions: PermissionSet): Promise<void> {
  const flags = await missingFlags(permissions);
  if (flags.length === 0) return;
  throw new Error(`Cannot run collector: not permitted, run with ${flags.join(" ")}`);
}

/** Wraps a collector that is not run while the program lacks permissions. */
export function permitted(collector: Collector, permissions: PermissionSet): Collector {
  return {
    async collect(context: CollectContext): Promise<CollectResult> {
      await assertPermitted(permissions);
      return collector.collect(context);
    },
  };
}
