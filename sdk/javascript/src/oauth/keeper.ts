/** Keeps one person's tokens fresh, with one refresh at a time however many calls wait for it. */

import { OAuthError } from "../errors.js";
import { sleep, untilAborted } from "../retry.js";
import { endOf, noTokens, type OAuthTokens, type TokenStore, usable } from "./store.js";

const MARGIN = 60_000; // milliseconds: a token that ends sooner is not given out

/** The newest tokens, in memory and in the store. What reads or changes them does so in turn. */
export class TokenKeeper {
  readonly #store: TokenStore;
  readonly #refresh: (refreshToken: string) => Promise<OAuthTokens>;
  #tokens: OAuthTokens | null | undefined;
  #isSaved = true;
  #spent: string | undefined;
  #renewing: Promise<OAuthTokens> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(store: TokenStore, refresh: (refreshToken: string) => Promise<OAuthTokens>) {
    this.#store = store;
    this.#refresh = refresh;
  }

  /** Take these from now on, and save them; what is going on with the ones before ends first. */
  keep(tokens: OAuthTokens): Promise<void> {
    return this.#inTurn(() => this.#take(tokens));
  }

  /** An access token that does not end soon. Throws OAuthError. */
  async token(signal?: AbortSignal): Promise<string> {
    const tokens = await untilAborted(this.#current(), signal);
    if (!tokens) throw noTokens();
    return endOf(tokens) - Date.now() < MARGIN ? this.renew(tokens.accessToken, signal) : tokens.accessToken;
  }

  /** An access token that is not this one. Throws OAuthError. */
  async renew(refused: string, signal?: AbortSignal): Promise<string> {
    const tokens = await untilAborted(this.#current(), signal);
    if (tokens && isGood(tokens, refused)) return tokens.accessToken;
    // A call that is cancelled stops waiting; the others still want what it asked for.
    this.#renewing ??= this.#inTurn(() => this.#renew(refused)).finally(() => {
      this.#renewing = undefined;
    });
    return (await untilAborted(this.#renewing, signal)).accessToken;
  }

  /** Give back what there is by `give`, what another process saved included, then forget it. */
  revoke(give: (refreshToken: string) => Promise<unknown>, signal?: AbortSignal): Promise<void> {
    const turn = this.#inTurn(async () => {
      signal?.throwIfAborted();
      const known = [await this.#load(), this.#tokens].map((tokens) => tokens?.refreshToken);
      const given = new Set(known.filter((token) => token !== undefined));
      for (const token of given) await give(token);
      if (given.size) await this.#take(null);
    });
    return untilAborted(turn, signal);
  }

  /** Do it after all that was asked for before, so that none of it is seen half done, or overwritten. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  /** The tokens that there are, fresh or not; null without any. */
  #current(): Promise<OAuthTokens | null> {
    if (this.#renewing) return this.#renewing;
    return this.#inTurn(async () => {
      if (!this.#isSaved) await this.#save();
      return (this.#tokens ??= await this.#load());
    });
  }

  async #renew(refused: string): Promise<OAuthTokens> {
    await this.#catchUp();
    if (!this.#tokens) throw noTokens();
    if (isGood(this.#tokens, refused)) return this.#tokens;
    const { refreshToken } = this.#tokens;
    try {
      const tokens = await this.#refresh(refreshToken);
      this.#spent = refreshToken;
      await this.#take(tokens);
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
    if (!this.#isSaved) return false; // the store lags behind
    const stored = await this.#load();
    // Which is newer no clock can tell: what differs is another's, unless the store gives what was spent here.
    if (!stored || [this.#tokens?.refreshToken, this.#spent].includes(stored.refreshToken)) return false;
    this.#tokens = stored;
    return true;
  }

  async #load(): Promise<OAuthTokens | null> {
    return usable(await this.#store.load());
  }

  async #take(tokens: OAuthTokens | null): Promise<void> {
    this.#tokens = tokens;
    this.#isSaved = false;
    await this.#save();
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
