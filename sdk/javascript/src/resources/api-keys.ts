import type { PagePromise } from "../page.js";
import { invalid, segment } from "../paths.js";
import type { CallOptions } from "../settings.js";
import { hideSecrets } from "../tokens.js";
import type { ApiKey, ApiKeyUsage, CreatedApiKey, Deleted } from "../types/answers.js";
import type {
  ApiKeyChange,
  ApiKeyDisabling,
  ApiKeyGrace,
  ApiKeyListParams,
  ApiKeyUsageParams,
  NewApiKey,
} from "../types/requests.js";
import { Resource } from "./resource.js";

/**
 * `/v1/api-keys`: the caller's keys. Scope `admin`, which no key carries: it takes an app that may ask for it.
 * A key goes by its `key_…` id, its public id or `craft_key_<public id>`. An app rotates,
 * enables and restores keys that it made; with another it is ForbiddenError.
 */
export class ApiKeysResource extends Resource {
  /** The first page of the live keys, the newest first; `for await` goes through all pages. */
  list(params: ApiKeyListParams = {}, options?: CallOptions): PagePromise<ApiKey> {
    return this.pages(() => "/api-keys", params, options);
  }

  /** One key, without its secret. */
  async get(keyId: string, options?: CallOptions): Promise<ApiKey> {
    return this.call("GET", pathOf(keyId), options);
  }

  /** Make a key. Its secret is in this answer only. */
  async create(key: NewApiKey, options?: CallOptions): Promise<CreatedApiKey> {
    return hideSecrets(await this.call<CreatedApiKey>("POST", "/api-keys", options, key), ["key"]);
  }

  /** Change what `change` names. */
  async update(keyId: string, change: ApiKeyChange, options?: CallOptions): Promise<ApiKey> {
    return this.call("PATCH", pathOf(keyId), options, change);
  }

  /** End it at once. Its owner can undo that for 7 days. */
  async delete(keyId: string, options?: CallOptions): Promise<Deleted> {
    return this.call("DELETE", pathOf(keyId), options);
  }

  /**
   * Give it a second secret, which is in this answer only. The old one works for `grace` seconds after the first use
   * of the new one; with 0 it ends at that use. ConflictError where it is not active, or rotating already.
   */
  async rotate(keyId: string, grace: ApiKeyGrace = 86_400, options?: CallOptions): Promise<CreatedApiKey> {
    const rotated = await this.call<CreatedApiKey>("POST", pathOf(keyId, "/rotate"), options, { grace });
    return hideSecrets(rotated, ["key"]);
  }

  /** End the old secret now, whether the new one was used or not. ConflictError where it is not rotating. */
  async finishRotation(keyId: string, options?: CallOptions): Promise<ApiKey> {
    return this.call("POST", pathOf(keyId, "/rotation/finish"), options, {});
  }

  /** End the new secret. ConflictError where it was used already, or the key is not rotating. */
  async cancelRotation(keyId: string, options?: CallOptions): Promise<ApiKey> {
    return this.call("POST", pathOf(keyId, "/rotation/cancel"), options, {});
  }

  /**
   * Let no call in with it until it is enabled, or for `forSeconds`. With a time, ConflictError for one that is
   * disabled already: that would only shorten it.
   */
  async disable(keyId: string, disabling: ApiKeyDisabling = {}, options?: CallOptions): Promise<ApiKey> {
    if (typeof disabling !== "object") throw invalid("disabling", "This must be an object: { forSeconds: 600 }.");
    const { forSeconds, ...unknown } = disabling; // which the API refuses: a slip must not mean for ever
    return this.call("POST", pathOf(keyId, "/disable"), options, { for: forSeconds, ...unknown });
  }

  /** Let it work again. ConflictError for what Craft's staff disabled. */
  async enable(keyId: string, options?: CallOptions): Promise<ApiKey> {
    return this.call("POST", pathOf(keyId, "/enable"), options, {});
  }

  /** Undo its deletion. ConflictError where its name or the 50 are taken, or it is too late. */
  async restore(keyId: string, options?: CallOptions): Promise<ApiKey> {
    return this.call("POST", pathOf(keyId, "/restore"), options, {});
  }

  /** How much it is used, by day or hour in UTC, by whom, and for what. */
  async usage(keyId: string, params: ApiKeyUsageParams = {}, options?: CallOptions): Promise<ApiKeyUsage> {
    return this.transport.data({ method: "GET", path: pathOf(keyId, "/usage"), query: { ...params } }, options);
  }
}

function pathOf(keyId: string, rest = ""): string {
  return `/api-keys/${segment(keyId, "keyId")}${rest}`;
}
