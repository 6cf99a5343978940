import { list, type PagePromise } from "../page.js";
import { segment } from "../paths.js";
import type { CallOptions } from "../settings.js";
import type { Transport } from "../transport.js";
import type { ConnectedApp, ConnectedAppListParams } from "../types/account.js";
import type { Deleted } from "../types/common.js";

/** `/v1/connected-apps`: the apps that act for the caller. Scope `admin`, which no key carries. */
export class ConnectedAppsResource {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The first page, the last granted first; `for await` goes through all pages. */
  list(params: ConnectedAppListParams = {}, options?: CallOptions): PagePromise<ConnectedApp> {
    return list(this.#transport, () => "/connected-apps", params, options);
  }

  /** End what an app may do: its tokens are refused from now on. */
  async delete(appId: string, options?: CallOptions): Promise<Deleted> {
    return this.#transport.data({ method: "DELETE", path: `/connected-apps/${segment(appId, "appId")}` }, options);
  }
}
