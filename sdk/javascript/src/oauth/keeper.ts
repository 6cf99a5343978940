/** Keeps one person's tokens fresh, with one refresh at a time however many calls wait for it. */

import { OAuthError } from "../errors.js";
import { sleep, untilAborted } from "../retry.js";
import { endOf, noTokens, type OAuthTokens, type TokenStore } from "./store.js";

const MARGIN = 60_000; // milliseconds: a token that ends sooner is not given out

/** The newest tokens, in memory and in the store. */
export class TokenKeeper {
  readonly #store: TokenStore;
  readonly #refresh: (refreshToken: string) => Promise<OAuthTokens>;
  #tokens: OAuthTokens | null | undefined;
  #isSaved = true;
  #renewing: Promise<OAuthTokens> | undefined;

  constructor(store: TokenStore, refresh: (refreshToken: string) => Promise<OAuthTokens>) {
    this.#store = store;
    this.#refresh = refresh;
  }

  /** The tokens that there are, fresh or not; null without any. */
  async current(): Promise<OAuthTokens | null> {
    if (this.#renewing) return this.#renewing;
    return (this.#tokens ??= (await this.#store.load()) ?? null);
  }

  /** Take these from now on, and save them. */
  async keep(tokens: OAuthTokens | null): Promise<void> {
    this.#tokens = tokens;
    this.#isSaved = false;
    await this.#save();
  }

  /** An access token that does not end soon. Throws OAuthError. */
  async token(signal?: AbortSignal): Promise<string> {
    const tokens = await untilAborted(this.current(), signal);
    if (!tokens) throw noTokens();
    if (!this.#isSaved) await this.#save();
    return endOf(tokens) - Date.now() < MARGIN ? this.renew(tokens.accessToken, signal) : tokens.accessToken;
  }

  /** An access token that is not this one. Throws OAuthError. */
  async renew(refused: string, signal?: AbortSignal): Promise<string> {
    const tokens = await untilAborted(this.current(), signal);
    if (tokens && isGood(tokens, refused)) return tokens.accessToken;
    // A call that is cancelled stops waiting; the others still want what it asked for.
    this.#renewing ??= this.#renew(refused).finally(() => {
      this.#renewing = undefined;
    });
    return (await untilAborted(this.#renewing, signal)).accessToken;
  }

  async #renew(refused: string): Promise<OAuthTokens> {
    await this.#catchUp();
    if (!this.#tokens) throw noTokens();
    if (isGood(this.#tokens, refused)) return this.#tokens;
    try {
      await this.keep(await this.#refresh(this.#tokens.refreshToken));
    } catch (error) {
      if (!(error instanceof OAuthError && error.code === "invalid_grant" && (await this.#wasOvertaken()))) throw error;
    }
    return this.#tokens;
  }

  /** Whether another process spent the refresh token a moment ago. It may still be about to save. */
  async #wasOvertaken(): Promise<boolean> {
    for (const wait of [0, 250, 1000]) {
      await sleep(wait);
      if (await this.#catchUp()) return true;
    }
    return false;
  }

  /** Another process with the same store may have been faster: take what it saved. */
  async #catchUp(): Promise<boolean> {
    const stored = this.#isSaved ? await this.#store.load() : null;
    const isNewer = Boolean(stored && !(this.#tokens && endOf(stored) <= endOf(this.#tokens)));
    if (stored && isNewer) this.#tokens = stored;
    return isNewer;
  }

  async #save(): Promise<void> {
    await this.#store.save(this.#tokens ?? null);
    this.#isSaved = true;
  }
}

/** Whether a token can be given out in place of the one that was refused. */
function isGood(tokens: OAuthTokens, refused: string): boolean {
  return tokens.accessToken !== refused && endOf(tokens) > Date.now();
}
