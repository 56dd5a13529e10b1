/**
 * Authentication by passwords and bearer tokens.
 *
 * @module
 */

import type { Access } from "./access.ts";
import { parseAuthorization } from "./credentials.ts";
import { includesHash, sha256 } from "./digest.ts";
import { FailureLimit } from "./failure_limit.ts";
import { PasswordChecker, UndecidedError } from "./password_checker.ts";
import type { Refusal } from "./refusal.ts";
import { VerifiedCredentials } from "./verified.ts";

/** What compares passwords. */
type Checker = Pick<PasswordChecker, "check" | "close" | "keepReady">;

/** Options of {@linkcode Authenticator}. */
export interface AuthenticatorOptions {
  /**
   * Compares passwords with hashes.
   *
   * @default {new PasswordChecker()}
   */
  checker?: Checker;
  /**
   * The clock, in seconds.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
}

/** Seconds after which a client should try again when passwords cannot be checked. */
const RETRY_AFTER = 5;

/** Authenticates requests. One of the configured passwords or tokens is enough. */
export class Authenticator {
  readonly #checker: Checker;
  readonly #limit: FailureLimit;
  readonly #verified = new VerifiedCredentials();
  readonly #checks = new Map<string, Promise<boolean>>();
  #access: Access;
  #isStarted = false;

  /** Creates an authenticator. */
  constructor(access: Access, options: AuthenticatorOptions = {}) {
    const { checker = new PasswordChecker(), ...limitOptions } = options;
    this.#access = access;
    this.#checker = checker;
    this.#limit = new FailureLimit(limitOptions);
  }

  /** Whether requests have to be authenticated. */
  get isRequired(): boolean {
    return this.#access.config.users.size > 0 || this.#access.tokenHashes.length > 0;
  }

  /** Uses other passwords and tokens, and forgets which were verified. */
  replace(access: Access): void {
    this.#access = access;
    this.#verified.clear();
    if (this.#isStarted) this.start();
  }

  /** Starts the worker that checks passwords ahead of the first request, if there are passwords, and keeps it. */
  start(): void {
    this.#isStarted = true;
    if (this.#access.config.users.size > 0) this.#checker.keepReady();
  }

  /** Ends the worker that checks passwords. */
  close(): void {
    this.#checker.close();
  }

  /**
   * Authenticates a request.
   *
   * @param header The header `Authorization`.
   * @param address The address of the client, whose failures are limited.
   * @returns Why the request is refused; undefined if it is not.
   */
  async authenticate(header: string | null, address: string): Promise<Refusal | undefined> {
    if (!this.isRequired) return undefined;
    const credentials = parseAuthorization(header);
    const { config: { users }, tokenHashes } = this.#access;
    if (credentials.scheme === "basic" && users.size > 0) {
      return await this.#checkPassword(credentials, address);
    }
    if (credentials.scheme === "bearer" && tokenHashes.length > 0) {
      return await this.#checkToken(credentials.token, address);
    }
    const reason = credentials.scheme === "malformed" ? "malformed" : "missing";
    return this.#unauthorized(reason);
  }

  async #checkPassword(
    { user, password }: { user: string; password: string },
    address: string,
  ): Promise<Refusal | undefined> {
    const { users } = this.#access.config;
    const isKnown = users.has(user);
    const hash = users.get(user)?.reveal() ?? await this.#anyHash(user);
    const digest = await this.#verified.digest(user, hash, password);
    if (isKnown && this.#verified.has(digest)) return undefined;
    const attempt = this.#limit.begin(address);
    if (typeof attempt === "number") {
      return { status: 429, reason: "limited", retryAfter: attempt };
    }
    try {
      const isEqual = await this.#compare(digest, password, hash);
      if (!isEqual || !isKnown) return this.#unauthorized("password", isKnown ? user : undefined);
      this.#verified.add(digest);
      attempt.succeed();
      return undefined;
    } catch (error) {
      if (!(error instanceof UndecidedError)) throw error;
      attempt.release();
      return {
        status: 503,
        reason: "undecided",
        retryAfter: RETRY_AFTER,
        detail: error.message,
      };
    }
  }

  /** Compares, or waits for a comparison of the same password that is under way. */
  #compare(digest: string, password: string, hash: string): Promise<boolean> {
    const check = this.#checks.get(digest) ?? this.#checker.check(password, hash);
    if (!this.#checks.has(digest)) {
      this.#checks.set(digest, check);
      const forget = () => this.#checks.delete(digest);
      check.then(forget, forget);
    }
    return check;
  }

  /**
   * Returns the hash of some user in place of that of an unknown one, always the same for a name. So unknown users take as long as
   * known ones, even if costs differ.
   */
  async #anyHash(user: string): Promise<string> {
    const digest = await this.#verified.digest("unknown user", user);
    const hashes = [...this.#access.config.users.values()];
    return hashes[(digest.charCodeAt(0) * 256 + digest.charCodeAt(1)) % hashes.length]!.reveal();
  }

  /** Tokens are cheap to check, so a good one is accepted whatever the limits. */
  async #checkToken(token: string, address: string): Promise<Refusal | undefined> {
    const { tokenHashes } = this.#access;
    const hash = await sha256(new TextEncoder().encode(token));
    if (includesHash(tokenHashes, hash)) return undefined;
    const attempt = this.#limit.begin(address);
    return typeof attempt === "number"
      ? { status: 429, reason: "limited", retryAfter: attempt }
      : this.#unauthorized("token");
  }

  #unauthorized(reason: Refusal["reason"], user?: string): Refusal {
    const { config: { users }, tokenHashes } = this.#access;
    const error = reason === "token" ? ', error="invalid_token"' : "";
    const challenges = [
      ...(users.size > 0 ? ['Basic realm="metrics", charset="UTF-8"'] : []),
      ...(tokenHashes.length > 0 ? [`Bearer realm="metrics"${error}`] : []),
    ];
    return { status: 401, reason, challenges, ...(user !== undefined && { user }) };
  }
}
