import type { ListParams } from "./common.js";

export type ApiKeyPermission = "read-only" | "read-write";
export type ApiKeyState = "active" | "expired" | "deleted" | "revoked" | "disabled";

/** An API key, without its secret. */
export interface ApiKey {
  /** `key_…` */
  id: string;
  /** The key begins with `craft_key_<publicId>`. */
  publicId: string;
  name: string;
  permission: ApiKeyPermission;
  state: ApiKeyState;
  /** RFC 3339, UTC. */
  createdAt: string;
  /** RFC 3339, UTC; null when it never expires. */
  expiresAt: string | null;
  /** RFC 3339, UTC. */
  lastUsedAt: string | null;
  /** The address it was last used from. */
  lastUsedFrom: string | null;
}

/** An API key with its secret, which is in this answer only. */
export interface CreatedApiKey extends ApiKey {
  /** The secret. Keep it now: it is not shown again. */
  key: string;
}

/** An API key to be made. */
export interface NewApiKey {
  name: string;
  permission: ApiKeyPermission;
  /** RFC 3339; default never. */
  expiresAt?: string | null | undefined;
}

/** What can be changed about an API key; what is left out stays. */
export interface ApiKeyChange {
  name?: string | undefined;
  permission?: ApiKeyPermission | undefined;
  /** RFC 3339; null for never. */
  expiresAt?: string | null | undefined;
}

/** Which keys are asked for; the live ones unless `state` says otherwise. */
export interface ApiKeyListParams extends ListParams<"createdAt" | "lastUsedAt" | "name"> {
  state?: ApiKeyState | undefined;
}
