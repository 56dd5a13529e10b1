/**
 * Refused requests.
 *
 * @module
 */

/** The reasons to refuse a request, as in the label `reason` of a metric. */
export const REFUSAL_REASONS = [
  "host",
  "rate",
  "missing",
  "malformed",
  "password",
  "token",
  "limited",
  "undecided",
] as const;

/**
 * A reason to refuse a request:
 *
 * - `host`: it names a host that is not allowed
 * - `rate`: `rate_limit` is reached
 * - `missing`: it has no credentials, or of a kind that is not configured
 * - `malformed`: its header `Authorization` is not valid
 * - `password`: unknown user or wrong password
 * - `token`: wrong bearer token
 * - `limited`: too many authentications failed
 * - `undecided`: the password could not be checked
 */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why and how a request is refused. It contains no secret. */
export interface Refusal {
  /** The reason. */
  readonly reason: RefusalReason;
  /** The HTTP status. */
  readonly status: 401 | 421 | 429 | 503;
  /** What the client can authenticate with. */
  readonly challenges?: readonly string[];
  /** Seconds after which the client may try again. */
  readonly retryAfter?: number;
  /** The user, if one of this name is configured: unknown names can be mistyped passwords. */
  readonly user?: string;
  /** Further details. */
  readonly detail?: string;
}

const TEXTS: Readonly<Record<Refusal["status"], string>> = {
  401: "Unauthorized",
  421: "Misdirected request",
  429: "Too many requests",
  503: "Service unavailable",
};

/** Returns the response to a refused request. It says no more than its status. */
export function refusalResponse({ status, challenges = [], retryAfter }: Refusal): Response {
  const headers = new Headers({
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
  });
  for (const challenge of challenges) headers.append("www-authenticate", challenge);
  if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
  const body = `${TEXTS[status]}\n`;
  headers.set("content-length", String(body.length));
  return new Response(body, { status, headers });
}
