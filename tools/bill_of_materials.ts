/**
 * The software bill of materials of the published package, as CycloneDX 1.6. The same tree gives the same one.
 *
 *     deno task sbom > sbom.json
 *
 * @see {@link https://cyclonedx.org/docs/1.6/json/}
 *
 * @module
 */

import { publishedFiles } from "./published_files.ts";

/** A component of a bill of materials. */
export interface Component {
  /** The kind. */
  readonly type: "library" | "file";
  /** The name by which others refer to it. */
  readonly "bom-ref": string;
  /** The scope of its name, for packages. */
  readonly group?: string;
  /** The name. */
  readonly name: string;
  /** The version, for dependencies the oldest one that is accepted. */
  readonly version?: string;
  /** Whether the package always loads it, or only with a feature. */
  readonly scope?: "required" | "optional";
  /** The SHA-256 sum of a file. */
  readonly hashes?: readonly { readonly alg: "SHA-256"; readonly content: string }[];
  /** The license. */
  readonly licenses?: readonly { readonly license: { readonly id: string } }[];
  /** The package URL. */
  readonly purl?: string;
}

/** A bill of materials. */
export interface BillOfMaterials {
  /** Always this. */
  readonly bomFormat: "CycloneDX";
  /** The version of the format. */
  readonly specVersion: "1.6";
  /** A UUID that depends on everything else in it. */
  readonly serialNumber: string;
  /** The version of this document. */
  readonly version: 1;
  /** What it is about. */
  readonly metadata: { readonly component: Component };
  /** The dependencies, and the published files. */
  readonly components: readonly Component[];
  /** Which component needs which. */
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** Static imports and exports, except of types alone, and dynamic imports. */
const IMPORTS = /^(?:im|ex)port (?!type )(?:[\w*, ]*(?:\{[^}]*\})? from )?"([^"]+)"/gm;
const DYNAMIC_IMPORTS = /\bimport\("([^"]+)"\)/g;

/** Makes the bill of materials of the package in a folder. */
export async function billOfMaterials(root: URL): Promise<BillOfMaterials> {
  const { name, version, license, exports, imports } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const files = await publishedFiles(root);
  const entries = Object.values<string>(exports).map((path) => path.replace("./", ""));
  const required = await packagesFrom(root, entries, [IMPORTS]);
  const all = await packagesFrom(root, entries, [IMPORTS, DYNAMIC_IMPORTS]);
  const component: Component = {
    type: "library",
    ...packageComponent(`jsr:${name}@${version}`),
    licenses: [{ license: { id: license } }],
  };
  const packages = [...all].sort().map((name): Component => ({
    type: "library",
    ...packageComponent(imports[name]),
    scope: required.has(name) ? "required" : "optional",
  }));
  const sums = await Promise.all(files.map((path) => fileComponent(root, path)));
  const content = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component },
    components: [...packages, ...sums],
    dependencies: [
      { ref: component["bom-ref"], dependsOn: packages.map((item) => item["bom-ref"]) },
      ...packages.map((item) => ({ ref: item["bom-ref"], dependsOn: [] })),
    ],
  } as const;
  const { bomFormat, specVersion, ...rest } = content;
  const serialNumber = await uuidOf(JSON.stringify(content));
  return { bomFormat, specVersion, serialNumber, ...rest };
}

/** The packages that modules import, themselves or by others, in the forms that these patterns find. */
async function packagesFrom(
  root: URL,
  entries: readonly string[],
  patterns: readonly RegExp[],
): Promise<Set<string>> {
  const packages = new Set<string>();
  const modules = new Set(entries);
  for (const module of modules) {
    const code = await Deno.readTextFile(new URL(module, root));
    for (const [, from = ""] of patterns.flatMap((pattern) => [...code.matchAll(pattern)])) {
      if (from.startsWith(".")) {
        modules.add(new URL(from, new URL(module, root)).href.slice(root.href.length));
      } else if (!from.startsWith("node:")) packages.add(from);
    }
  }
  return packages;
}

/** Describes a package by its specifier, such as `jsr:@std/log@^0.224.14`. */
function packageComponent(specifier: string): Omit<Component, "type"> {
  const match = /^(jsr|npm):(?:(@[^/]+)\/)?([^@/]+)@[\^~]?(.+)$/.exec(specifier);
  if (!match) throw new Error(`Cannot read dependency "${specifier}": expected a version`);
  const [, registry, group, name = "", version = ""] = match;
  const path = group === undefined ? name : `${group.replace("@", "%40")}/${name}`;
  const purl = `pkg:${registry}/${path}@${version}`;
  return { "bom-ref": purl, ...(group !== undefined && { group }), name, version, purl };
}

async function fileComponent(root: URL, path: string): Promise<Component> {
  const content = await sha256(await Deno.readFile(new URL(path, root)));
  return {
    type: "file",
    "bom-ref": `file:${path}`,
    name: path,
    hashes: [{ alg: "SHA-256", content }],
  };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** A UUID of version 8, which is for such uses. See RFC 9562, section 5.8. */
async function uuidOf(text: string): Promise<string> {
  const hex = await sha256(new TextEncoder().encode(text));
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join("-")}`;
}

if (import.meta.main) {
  const bill = await billOfMaterials(new URL("../", import.meta.url));
  console.log(JSON.stringify(bill, null, 2));
}
