import { list, type PagePromise } from "../page.js";
import type { CallOptions } from "../settings.js";
import type { Transport } from "../transport.js";
import type { Activity, ActivityListParams } from "../types/activity.js";

/** `/v1/activity`: the security log of the account. Scope `admin`, which no key carries. */
export class ActivityResource {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The first page, the newest first; `for await` goes through all pages. */
  list(params: ActivityListParams = {}, options?: CallOptions): PagePromise<Activity> {
    return list(this.#transport, () => "/activity", params, options);
  }
}
