/**
 * Checks the content types of responses. Prometheus 3 refuses a response whose content type it cannot read.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/content_negotiation/}
 *
 * @module
 */

import type { Format } from "../exposition.ts";
import { describe } from "../model/describe.ts";
import { ESCAPINGS } from "../model/names.ts";
import { formatOf, PROTOBUF_MESSAGE, VERSIONS, versionsOf } from "./format.ts";

/** A parameter: its name, and its value with or without quotes. */
const PARAMETER = /;[ \t]*([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~-]+)|"([^"\\]*)")[ \t]*/y;

/** Returns why a content type is not one of an exposition; undefined if it is. */
export function contentTypeProblem(contentType: string): string | undefined {
  const format = formatOf(contentType);
  if (format === undefined) return "unknown media type";
  const names = new Set<string>();
  PARAMETER.lastIndex = contentType.indexOf(";") === -1
    ? contentType.length
    : contentType.indexOf(";");
  while (PARAMETER.lastIndex < contentType.length) {
    const from = PARAMETER.lastIndex;
    const [, name = "", token, quoted] = PARAMETER.exec(contentType) ?? [];
    if (name === "") return `expected a parameter, got ${describe(contentType.slice(from))}`;
    const problem = parameterProblem(format, name.toLowerCase(), token ?? quoted ?? "");
    if (problem !== undefined) return problem;
    if (names.has(name.toLowerCase())) return `parameter ${describe(name)} occurs twice`;
    names.add(name.toLowerCase());
  }
  return format === "protobuf" || names.has("version") ? undefined : "no version";
}

function parameterProblem(format: Format, name: string, value: string): string | undefined {
  const values = parametersOf(format)[name];
  if (values === undefined) return `unknown parameter ${describe(name)}`;
  if (values.includes(name === "charset" ? value.toLowerCase() : value)) return undefined;
  return `expected ${values.join(" or ")} as ${name}, got ${describe(value)}`;
}

/** The parameters of the formats with their values. */
function parametersOf(format: Format): Readonly<Partial<Record<string, readonly string[]>>> {
  const common = { charset: ["utf-8"], escaping: ESCAPINGS };
  return format === "protobuf"
    ? { ...common, proto: [PROTOBUF_MESSAGE], encoding: VERSIONS.protobuf }
    : { ...common, version: versionsOf(format, true) };
}
