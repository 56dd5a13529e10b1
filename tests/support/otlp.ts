/**
 * Requests of OTLP in JSON.
 *
 * @module
 */

/** A metric of a request. */
export type FixtureMetric = Readonly<Record<string, unknown>>;

/** Returns a request of one program with these metrics. */
export function otlpRequest(...metrics: readonly FixtureMetric[]): Record<string, unknown> {
  const attributes = {
    "service.name": "cart",
    "service.namespace": "shop",
    "service.instance.id": "a",
    "host.name": "h",
  };
  return {
    resourceMetrics: [{
      resource: { attributes: keyValues(attributes) },
      scopeMetrics: [{ scope: { name: "lib", version: "1.2" }, metrics }],
    }],
  };
}

/** Returns texts as attributes. */
export function keyValues(texts: Readonly<Record<string, string>>): Record<string, unknown>[] {
  return Object.entries(texts).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
