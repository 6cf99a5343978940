import { jsonBody } from "../attempt.js";
import type { CallOptions } from "../settings.js";
import type { Transport } from "../transport.js";
import type { Me, MeChange } from "../types/account.js";

/** `/v1/me`: the person for whom the credential acts. */
export class MeResource {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Who am I? Scope `read`. */
  get(options?: CallOptions): Promise<Me> {
    return this.#transport.data({ method: "GET", path: "/me" }, options);
  }

  /** Change my name. Scope `write`. */
  async update(change: MeChange, options?: CallOptions): Promise<Me> {
    return this.#transport.data({ method: "PATCH", path: "/me", body: jsonBody(change) }, options);
  }
}
