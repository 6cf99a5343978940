/** Tokens, and where their owner keeps them. */

import { OAuthError } from "../errors.js";
import { parse } from "../refusals.js";
import { hideSecrets } from "../tokens.js";

/** The tokens of one person. Secrets: keep them encrypted, and away from browsers. */
export interface OAuthTokens {
  accessToken: string;
  /** Works once: the store must always have the newest. */
  refreshToken: string;
  /** When the access token ends; RFC 3339, UTC. */
  expiresAt: string;
  /** What was granted, separated by spaces. */
  scope: string;
}

const MOST_SECONDS = 1e9; // 30 years: what says more is no time that a Date can always hold

/** Where you keep the tokens of one person. */
export interface TokenStore {
  /** What was saved last; null or undefined when there is nothing. */
  load(): Promise<OAuthTokens | null | undefined> | OAuthTokens | null | undefined;
  /** Keep these instead; null: forget them. */
  save(tokens: OAuthTokens | null): Promise<void> | void;
}

/** A store that lasts as long as the program; the default. */
export function memoryStore(tokens: OAuthTokens | null = null): TokenStore {
  let kept = tokens;
  return {
    load: () => kept,
    save(newer) {
      kept = newer;
    },
  };
}

/** The tokens of an answer of the token endpoint; null when it is none. `now` is Unix milliseconds. */
export function tokensOf(text: string, now: number): OAuthTokens | null {
  const answer = parse(text) as Record<string, unknown> | null;
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds, scope } = answer ?? {};
  if (typeof accessToken !== "string" || typeof refreshToken !== "string" || typeof seconds !== "number") return null;
  if (!(seconds >= 0 && seconds <= MOST_SECONDS)) return null;
  const expiresAt = new Date(now + seconds * 1000).toISOString();
  const tokens: OAuthTokens = { accessToken, refreshToken, expiresAt, scope: String(scope ?? "") };
  return hideSecrets(tokens, ["accessToken", "refreshToken"]);
}

/** What a store gave, if it is tokens. */
export function usable(given: OAuthTokens | null | undefined): OAuthTokens | null {
  return typeof given?.accessToken === "string" && typeof given.refreshToken === "string" ? given : null;
}

/** When the access token ends, in Unix milliseconds; one that cannot be read is over. */
export function endOf(tokens: OAuthTokens): number {
  return Date.parse(tokens.expiresAt) || 0;
}

/** The error for a person who has not let the app in yet, or whose tokens were revoked. */
export function noTokens(): OAuthError {
  return new OAuthError({ code: "no_tokens", message: "There are no tokens: send the person to authorizeUrl()." });
}
