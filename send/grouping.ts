/**
 * Grouping keys of the Pushgateway, in paths of URLs.
 *
 * @see {@link https://github.com/prometheus/pushgateway#url}
 *
 * @module
 */

/**
 * Returns the path of a group, from `job` on.
 *
 * @param labels The grouping key without the job. An empty value is one of the key.
 */
export function groupPath(job: string, labels: ReadonlyMap<string, string>): string {
  return [["job", job] as const, ...labels].map(([name, value]) => segment(name, value)).join("/");
}

/** Values that a path cannot have are encoded as base64 in the alphabet for URLs (RFC 4648, section 5); `=` stands for an empty one. */
function segment(name: string, value: string): string {
  if (value === "") return `${name}@base64/=`;
  // Servers and proxies take segments of one or two dots for relative paths.
  if (!/[/\\]|^\.\.?$/.test(value)) return `${name}/${encodeURIComponent(value)}`;
  const encoded = new TextEncoder().encode(value).toBase64({ alphabet: "base64url" });
  return `${name}@base64/${encoded.replace(/=+$/, "")}`;
}
