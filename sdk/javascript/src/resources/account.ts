import type { PagePromise } from "../page.js";
import { segment } from "../paths.js";
import type { CallOptions } from "../settings.js";
import type { Activity, Auth, ConnectedApp, Deleted, Me } from "../types/answers.js";
import type { ActivityListParams, ConnectedAppListParams, MeChange } from "../types/requests.js";
import { Resource } from "./resource.js";

/** `/v1/me`: the person for whom the credential acts. */
export class MeResource extends Resource {
  /** Who am I? Scope `read`. */
  async get(options?: CallOptions): Promise<Me> {
    return this.call("GET", "/me", options);
  }

  /** Change my name. Scope `write`. */
  async update(change: MeChange, options?: CallOptions): Promise<Me> {
    return this.call("PATCH", "/me", options, change);
  }
}

/** `/v1/auth`: the credential in use. Any credential may ask, whatever its scopes. */
export class AuthResource extends Resource {
  /** What it is, what it may do, until when, and how many calls are left. */
  async get(options?: CallOptions): Promise<Auth> {
    return this.call("GET", "/auth", options);
  }

  /** End it: the key is deleted, the tokens of the app are revoked. The next call is refused. */
  async delete(options?: CallOptions): Promise<Deleted> {
    return this.call("DELETE", "/auth", options);
  }
}

/** `/v1/connected-apps`: the apps that act for the caller. Scope `admin`, which no key carries. */
export class ConnectedAppsResource extends Resource {
  /** The first page, the last granted first; `for await` goes through all pages. */
  list(params: ConnectedAppListParams = {}, options?: CallOptions): PagePromise<ConnectedApp> {
    return this.pages(() => "/connected-apps", params, options);
  }

  /** End what an app may do: its tokens are refused from now on. */
  async delete(appId: string, options?: CallOptions): Promise<Deleted> {
    return this.call("DELETE", `/connected-apps/${segment(appId, "appId")}`, options);
  }
}

/** `/v1/activity`: the security log of the account. Scope `admin`, which no key carries. */
export class ActivityResource extends Resource {
  /** The first page, the newest first; `for await` goes through all pages. */
  list(params: ActivityListParams = {}, options?: CallOptions): PagePromise<Activity> {
    return this.pages(() => "/activity", params, options);
  }
}
