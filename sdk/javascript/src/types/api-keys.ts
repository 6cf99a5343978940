import type { ListParams } from "./common.js";

export type ApiKeyPermission = "read-only" | "read-write";
export type ApiKeyState = "active" | "expired" | "deleted" | "revoked" | "disabled";
/** Seconds that an old secret outlives the first use of the new one; with 0 it ends at that use. */
export type ApiKeyGrace = 0 | 3_600 | 86_400 | 604_800;

/** An API key, without its secret. */
export interface ApiKey {
  /** `key_…` */
  id: string;
  /** The key begins with `craft_key_<publicId>`; a rotation gives it another. */
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
  /** When it comes back by itself: RFC 3339, UTC; null where it does not, or is not disabled. */
  disabledUntil: string | null;
  /** Null unless its secret is being exchanged. */
  rotation: ApiKeyRotation | null;
}

/** The exchange of a key's secret: both secrets work until `endsAt`. */
export interface ApiKeyRotation {
  /** Seconds that the old secret outlives the first use of the new one. */
  grace: number;
  /** RFC 3339, UTC. */
  startedAt: string;
  /** RFC 3339, UTC; null while the new secret is unused: it may still be cancelled. */
  newUsedAt: string | null;
  /** When the old secret ends: RFC 3339, UTC; null while the new one is unused. */
  endsAt: string | null;
  /** Who used the old secret since the rotation began, the last seen first. */
  oldCallers: OldCaller[];
}

/** Who used the old secret of a key since its rotation began. */
export interface OldCaller {
  /** Null where it is unknown. */
  address: string | null;
  /** Null where it is unknown. */
  userAgent: string | null;
  /** RFC 3339, UTC. */
  lastSeenAt: string;
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

/** For how long a key is disabled. */
export interface ApiKeyDisabling {
  /** Seconds after which it comes back by itself; default until it is enabled. */
  forSeconds?: number | null | undefined;
}

/** Which keys are asked for; the live ones unless `state` says otherwise. */
export interface ApiKeyListParams extends ListParams<"createdAt" | "lastUsedAt" | "name"> {
  state?: ApiKeyState | undefined;
}
