/**
 * The guard in front of all routes: which requests are answered at all.
 *
 * @module
 */

import type { Access } from "./access.ts";
import { Authenticator, type AuthenticatorOptions } from "./authenticator.ts";
import { type HeaderFields, ResponseHeaders } from "./headers.ts";
import { isAllowedHost } from "./hosts.ts";
import { type Refusal, REFUSAL_REASONS, type RefusalReason, refusalResponse } from "./refusal.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Where a request comes from. */
export interface RequestOrigin {
  /** The IP address of the client; undefined for a unix socket. */
  readonly remoteAddress?: string | undefined;
  /**
   * Whether it arrived at a loopback address. Unless `allowed_hosts` is configured, such requests may only name IP addresses and
   * `localhost`.
   *
   * @default {false}
   */
  readonly isLoopback?: boolean;
}

/** What the guard looks at. A web request has it. */
export interface GuardedRequest {
  /** The URL, whose host counts if there is no header `Host`. */
  readonly url: string;
  /** The headers, by their names in lower case. */
  readonly headers: Pick<Headers, "get">;
}

/** A request that was refused. It contains no secret. */
export interface RefusedRequest extends Refusal {
  /** The IP address of the client; undefined for a unix socket. */
  readonly remoteAddress: string | undefined;
}

/** Options of {@linkcode Guard}. */
export interface GuardOptions extends AuthenticatorOptions {
  /** Called with each refused request. It has to limit what it logs, and must not throw. */
  onRefusal?: (refused: RefusedRequest) => void;
  /** A host that requests may name in any case: the one under which a reverse proxy serves the exporter. */
  externalHost?: string | undefined;
}

/** Decides which requests are answered, and adds headers to the answers. */
export class Guard {
  readonly #authenticator: Authenticator;
  readonly #onRefusal: (refused: RefusedRequest) => void;
  readonly #externalHosts: readonly string[];
  readonly #now: () => number;
  readonly #counts = new Map<RefusalReason, number>(REFUSAL_REASONS.map((reason) => [reason, 0]));
  #access: Access;
  #bucket: TokenBucket | undefined;
  #headers: ResponseHeaders;
  /** The host that was looked at last, and whether it is allowed. A client names the same one in all of its requests. */
  #lastHost: { readonly host: string; readonly isAllowed: boolean } | undefined;

  /** Creates a guard. It has to be closed. */
  constructor(access: Access, options: GuardOptions = {}) {
    const { onRefusal = () => {}, externalHost, ...authenticatorOptions } = options;
    this.#onRefusal = onRefusal;
    this.#externalHosts = externalHost === undefined ? [] : [externalHost];
    this.#now = options.now ?? (() => performance.now() / 1000);
    this.#authenticator = new Authenticator(access, authenticatorOptions);
    this.#access = access;
    this.#bucket = this.#newBucket();
    this.#headers = new ResponseHeaders(access.config.headers);
  }

  /** How many requests were refused, by reason. All reasons are there from the start. */
  get refusals(): ReadonlyMap<RefusalReason, number> {
    return this.#counts;
  }

  /** Whether every request that goes on has shown a password or a token. */
  get isAuthenticating(): boolean {
    return this.#authenticator.isRequired;
  }

  /** Decides about a request. Returns the response that refuses it, or undefined if it may go on. */
  async check(request: GuardedRequest, origin: RequestOrigin = {}): Promise<Response | undefined> {
    const refusal = this.#checkHost(request, origin) ?? this.#checkRate() ??
      await this.#authenticator.authenticate(
        request.headers.get("authorization"),
        origin.remoteAddress ?? "unix",
      );
    if (refusal === undefined) return undefined;
    this.#counts.set(refusal.reason, this.#counts.get(refusal.reason)! + 1);
    this.#onRefusal({ ...refusal, remoteAddress: origin.remoteAddress });
    return refusalResponse(refusal);
  }

  /** Adds security headers and configured headers to those of a response, see {@linkcode ResponseHeaders.addTo}. */
  addHeaders(headers: HeaderFields): void {
    this.#headers.addTo(headers);
  }

  /** Uses another configuration from now on. Counts and limits of failures go on, verified passwords are forgotten. */
  replace(access: Access): void {
    const { interval, burst } = this.#access.config.rateLimit ?? {};
    const { rateLimit } = access.config;
    this.#access = access;
    this.#lastHost = undefined;
    if (rateLimit?.interval !== interval || rateLimit?.burst !== burst) {
      this.#bucket = this.#newBucket();
    }
    this.#headers = new ResponseHeaders(access.config.headers);
    this.#authenticator.replace(access);
  }

  /**
   * Starts the worker that checks passwords, if there are any, and keeps it until {@linkcode close}. Without this, it is started by
   * the first request that needs it, which blocks the event loop for 10 to 50 ms, and ends when it is idle.
   */
  start(): void {
    this.#authenticator.start();
  }

  /** Ends the worker that checks passwords. */
  close(): void {
    this.#authenticator.close();
  }

  #newBucket(): TokenBucket | undefined {
    const { rateLimit } = this.#access.config;
    return rateLimit && new TokenBucket(rateLimit.interval, rateLimit.burst, this.#now());
  }

  #checkHost(request: GuardedRequest, { isLoopback = false }: RequestOrigin): Refusal | undefined {
    const { allowedHosts } = this.#access.config;
    if (allowedHosts === undefined && !isLoopback) return undefined;
    const host = request.headers.get("host") ?? URL.parse(request.url)?.host ?? "";
    if (this.#lastHost?.host !== host) {
      const isAllowed = isAllowedHost(host, allowedHosts) ||
        isAllowedHost(host, this.#externalHosts);
      this.#lastHost = { host, isAllowed };
    }
    return this.#lastHost!.isAllowed ? undefined : { status: 421, reason: "host" };
  }

  #checkRate(): Refusal | undefined {
    const now = this.#now();
    if (this.#bucket === undefined || this.#bucket.take(now)) return undefined;
    return { status: 429, reason: "rate", retryAfter: this.#bucket.secondsToWait(now) };
  }
}
