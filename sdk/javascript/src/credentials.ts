/** What a client authenticates with. */

import { ConfigurationError } from "./errors.js";
import { environment } from "./runtime.js";
import { checkToken } from "./tokens.js";

/** Gives access tokens; `CraftOAuth` is one. */
export interface TokenSource {
  /** A token that is good for a while. */
  token(options?: { signal?: AbortSignal | undefined }): Promise<string>;
  /** Another token than the one that was just refused (401). Without it, a 401 is final. */
  renew?(refused: string, options?: { signal?: AbortSignal | undefined }): Promise<string>;
}

/** The three ways to authenticate, of which a client takes one. */
export interface CredentialOptions {
  /** `craft_key_…`; default `CRAFT_API_KEY`. */
  apiKey?: string | undefined;
  /** `craft_oat_…`, which you refresh yourself. */
  accessToken?: string | undefined;
  /** Gives access tokens and renews them: a `CraftOAuth`. */
  auth?: TokenSource | undefined;
}

/**
 * The credential among the options, else the key from the environment. Throws ConfigurationError. What is
 * undefined was not given; null was, and is none: the environment's key might be another person's.
 */
export function credentialOf({ apiKey, accessToken, auth }: CredentialOptions): TokenSource {
  const given = [apiKey, accessToken, auth].filter((option) => option !== undefined);
  if (given.length > 1) {
    throw new ConfigurationError("Give one of apiKey, accessToken and auth, not several.");
  }
  if (auth !== undefined) {
    if (typeof auth?.token !== "function") throw new ConfigurationError("auth must have a method token().");
    return auth;
  }
  if (accessToken !== undefined) return fixed(checkToken(accessToken, "oat", "accessToken"));
  if (apiKey !== undefined) return fixed(checkToken(apiKey, "key", "apiKey"));
  const key = environment("CRAFT_API_KEY");
  if (!key) {
    throw new ConfigurationError("There is no credential: set CRAFT_API_KEY, or give apiKey, accessToken or auth.");
  }
  return fixed(checkToken(key, "key", "CRAFT_API_KEY"));
}

/** A token that stays as it is. The closure keeps it out of JSON and `util.inspect`. */
function fixed(token: string): TokenSource {
  return { token: async () => token };
}
