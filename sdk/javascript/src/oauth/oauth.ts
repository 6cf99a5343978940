import type { TokenSource } from "../credentials.js";
import { ConfigurationError } from "../errors.js";
import { parse } from "../refusals.js";
import { environment } from "../runtime.js";
import {
  address,
  checkOptions,
  CONNECTION_OPTIONS,
  type ConnectionOptions,
  DEFAULT_BASE_URL,
  type Settings,
  settingsOf,
} from "../settings.js";
import { checkToken } from "../tokens.js";
import type { Scope } from "../types/answers.js";
import { codeOf } from "./callback.js";
import { type ClientCredentials, post } from "./endpoint.js";
import { challengeOf, random } from "./pkce.js";
import { memoryStore, type OAuthTokens, type TokenStore, tokensOf } from "./store.js";
import { TokenKeeper } from "./keeper.js";

/** Options of `CraftOAuth`. */
export interface CraftOAuthOptions extends ConnectionOptions {
  clientId: string;
  /** `craft_ocs_…`; a public app has none. Never ship one to a browser. */
  clientSecret?: string | undefined;
  /** Where Craft sends people back to, exactly as it is registered. */
  redirectUri: string;
  /** Where the tokens of the person are kept; default in memory. */
  store?: TokenStore | undefined;
  /** Address of Craft's pages; default `CRAFT_WEB_URL`, else `https://craft.fast`. */
  webUrl?: string | undefined;
}

const OPTIONS = ["clientId", "clientSecret", "redirectUri", "store", "webUrl", ...CONNECTION_OPTIONS];

/** What to keep, where only this browser's callback finds it (its session), until the person comes back. */
export interface KeptRequest {
  state: string;
  codeVerifier: string;
}

/** The way of one person's tokens: asking for them, keeping them fresh, giving them back. */
export class CraftOAuth implements TokenSource {
  readonly #settings: Settings;
  readonly #client: ClientCredentials;
  readonly #redirectUri: string;
  readonly #webUrl: string;
  readonly #keeper: TokenKeeper;

  /** Throws ConfigurationError. */
  constructor(options: CraftOAuthOptions) {
    checkOptions(options, OPTIONS);
    const { clientId, clientSecret, redirectUri } = options;
    if (!clientId) throw new ConfigurationError("clientId is missing.");
    if (!URL.canParse(redirectUri)) throw new ConfigurationError("redirectUri must be a whole address.");
    const secret = clientSecret === undefined ? undefined : checkToken(clientSecret, "ocs", "clientSecret");
    this.#settings = settingsOf(options);
    this.#client = { clientId, clientSecret: secret };
    this.#redirectUri = redirectUri;
    this.#webUrl = webAddress(options.webUrl, this.#settings.baseUrl);
    this.#keeper = new TokenKeeper(options.store ?? memoryStore(), (refreshToken) =>
      this.#ask({ grant_type: "refresh_token", refresh_token: refreshToken }),
    );
  }

  /**
   * Where to send the person, and what to keep until they come back. `scope`: what the app asks for, default
   * `read`. Each call makes a new request with its own `state` and PKCE challenge.
   */
  async authorizeUrl(options: { scope?: Scope | (string & {}) | readonly Scope[] | undefined } = {}): Promise<{
    url: string;
    kept: KeptRequest;
  }> {
    const { scope = "read" } = options;
    const kept = { state: random(), codeVerifier: random() };
    const query = new URLSearchParams({
      client_id: this.#client.clientId,
      redirect_uri: this.#redirectUri,
      response_type: "code",
      scope: typeof scope === "string" ? scope : scope.join(" "),
      state: kept.state,
      code_challenge: await challengeOf(kept.codeVerifier),
      code_challenge_method: "S256",
    });
    return { url: `${this.#webUrl}/oauth/authorize?${query}`, kept };
  }

  /**
   * The tokens for the address that the person came back to (all of it, or path and query), which the store
   * has then too. Throws OAuthError: another's callback (`state_mismatch`, `issuer_mismatch`), a refusal
   * (`access_denied`), or a code that is spent or over (`invalid_grant`).
   */
  async callback(
    url: string | URL,
    kept: KeptRequest,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<OAuthTokens> {
    const expected = { state: kept?.state, issuer: this.#webUrl, redirectUri: this.#redirectUri };
    const code = codeOf(url, expected);
    const tokens = await this.#ask(
      {
        grant_type: "authorization_code",
        code,
        redirect_uri: this.#redirectUri,
        code_verifier: kept.codeVerifier,
      },
      options.signal,
    );
    await this.#keeper.keep(tokens);
    return tokens;
  }

  /** An access token that is good for a while yet; refreshed if need be, once for all who wait. */
  token(options: { signal?: AbortSignal | undefined } = {}): Promise<string> {
    return this.#keeper.token(options.signal);
  }

  /** Another access token than the one that was refused. */
  renew(refused: string, options: { signal?: AbortSignal | undefined } = {}): Promise<string> {
    return this.#keeper.renew(refused, options.signal);
  }

  /** End the person's tokens, all that go back to the same consent screen, and empty the store. */
  async revoke(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const give = (token: string): Promise<unknown> => {
      const parameters = { token, token_type_hint: "refresh_token" };
      return post(this.#settings, this.#client, "revoke", parameters, options.signal, parse);
    };
    await this.#keeper.revoke(give, options.signal);
  }

  #ask(parameters: Record<string, string>, signal?: AbortSignal): Promise<OAuthTokens> {
    const asked = Date.now(); // the token's time runs from before the answer came
    return post(this.#settings, this.#client, "token", parameters, signal, (text) => tokensOf(text, asked));
  }
}

function webAddress(webUrl: string | undefined, baseUrl: string): string {
  const given = webUrl ?? environment("CRAFT_WEB_URL");
  if (given !== undefined) return address(given, "webUrl");
  if (baseUrl === DEFAULT_BASE_URL) return "https://craft.fast";
  throw new ConfigurationError("With another baseUrl, give webUrl too: the address of Craft's pages.");
}
