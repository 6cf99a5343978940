import type { CallOptions } from "../settings.js";
import type { Transport } from "../transport.js";
import type { Auth } from "../types/account.js";
import type { Deleted } from "../types/common.js";

/** `/v1/auth`: the credential in use. Any credential may ask, whatever its scopes. */
export class AuthResource {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What it is, what it may do, until when, and how many calls are left. */
  get(options?: CallOptions): Promise<Auth> {
    return this.#transport.data({ method: "GET", path: "/auth" }, options);
  }

  /** End it: the key is deleted, the tokens of the app are revoked. The next call is refused. */
  delete(options?: CallOptions): Promise<Deleted> {
    return this.#transport.data({ method: "DELETE", path: "/auth" }, options);
  }
}
