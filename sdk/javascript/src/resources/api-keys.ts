import { jsonBody } from "../attempt.js";
import { list, type PagePromise } from "../page.js";
import { segment } from "../paths.js";
import type { CallOptions } from "../settings.js";
import { hideSecrets } from "../tokens.js";
import type { Transport } from "../transport.js";
import type { ApiKey, ApiKeyChange, ApiKeyListParams, CreatedApiKey, NewApiKey } from "../types/api-keys.js";
import type { Deleted } from "../types/common.js";

/**
 * `/v1/api-keys`: the caller's keys. Scope `admin`, which no key carries: it takes an app that may ask for it.
 * A key goes by its `key_…` id, its public id or `craft_key_<public id>`.
 */
export class ApiKeysResource {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The first page of the live keys, the newest first; `for await` goes through all pages. */
  list(params: ApiKeyListParams = {}, options?: CallOptions): PagePromise<ApiKey> {
    return list(this.#transport, () => "/api-keys", params, options);
  }

  /** One key, without its secret. */
  async get(keyId: string, options?: CallOptions): Promise<ApiKey> {
    return this.#transport.data({ method: "GET", path: pathOf(keyId) }, options);
  }

  /** Make a key. Its secret is in this answer only. */
  async create(key: NewApiKey, options?: CallOptions): Promise<CreatedApiKey> {
    const call = { method: "POST", path: "/api-keys", body: jsonBody(key) };
    return hideSecrets(await this.#transport.data<CreatedApiKey>(call, options), ["key"]);
  }

  /** Change what `change` names. */
  async update(keyId: string, change: ApiKeyChange, options?: CallOptions): Promise<ApiKey> {
    return this.#transport.data({ method: "PATCH", path: pathOf(keyId), body: jsonBody(change) }, options);
  }

  /** End it at once. Its owner can undo that for 7 days. */
  async delete(keyId: string, options?: CallOptions): Promise<Deleted> {
    return this.#transport.data({ method: "DELETE", path: pathOf(keyId) }, options);
  }
}

function pathOf(keyId: string): string {
  return `/api-keys/${segment(keyId, "keyId")}`;
}
