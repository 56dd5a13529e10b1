/**
 * Parsing of the query string of a probe.
 *
 * @module
 */

/** What a request for a probe asks for. */
export interface ProbeQuery {
  /** The target. */
  readonly target: string;
  /** The module; empty if none is named. */
  readonly module: string;
  /** Whether to answer with the log of the probe. */
  readonly isDebug: boolean;
  /** All parameters. */
  readonly params: URLSearchParams;
}

/**
 * Parses a query string.
 *
 * @throws {RangeError} If there is no target, or a parameter of these has several values.
 */
export function parseProbeQuery(search: string): ProbeQuery {
  const params = new URLSearchParams(search);
  const target = single(params, "target");
  if (target === "") {
    throw new RangeError('Cannot probe without a target: expected the parameter "target"');
  }
  const isDebug = ["1", "true"].includes(single(params, "debug"));
  return { target, module: single(params, "module"), isDebug, params };
}

function single(params: URLSearchParams, name: string): string {
  const [value = "", ...others] = params.getAll(name);
  if (others.length === 0) return value;
  throw new RangeError(`Cannot probe: expected the parameter "${name}" once`);
}
