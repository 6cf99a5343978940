import type { ListParams, Moment } from "./common.js";

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
  createdAt: Moment;
  /** Null when it never expires. */
  expiresAt: Moment | null;
  lastUsedAt: Moment | null;
  /** The address it was last used from. */
  lastUsedFrom: string | null;
  /** When it comes back by itself; null where it does not, or is not disabled. */
  disabledUntil: Moment | null;
  /** Null unless its secret is being exchanged. */
  rotation: ApiKeyRotation | null;
}

/** The exchange of a key's secret: both secrets work until `endsAt`. */
export interface ApiKeyRotation {
  /** Seconds that the old secret outlives the first use of the new one. */
  grace: number;
  startedAt: Moment;
  /** Null while the new secret is unused: it may still be cancelled. */
  newUsedAt: Moment | null;
  /** When the old secret ends; null while the new one is unused. */
  endsAt: Moment | null;
  /** Who used the old secret since the rotation began, the last seen first. */
  oldCallers: OldCaller[];
}

/** Who used the old secret of a key since its rotation began. */
export interface OldCaller {
  /** Null where it is unknown. */
  address: string | null;
  /** Null where it is unknown. */
  userAgent: string | null;
  lastSeenAt: Moment;
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
  /** Default never. */
  expiresAt?: Moment | null | undefined;
}

/** What can be changed about an API key; what is left out stays. */
export interface ApiKeyChange {
  name?: string | undefined;
  permission?: ApiKeyPermission | undefined;
  /** Null for never. */
  expiresAt?: Moment | null | undefined;
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

/** What is counted: by hour for 90 days, by day for 2 years. */
export type ApiKeyUsagePeriod = "day" | "hour";

/** Which hours or days are asked for, at most 400 of them. */
export interface ApiKeyUsageParams {
  /** Default 30 days before `to`, by the hour 48 hours. */
  from?: Moment | undefined;
  /** Default now. */
  to?: Moment | undefined;
  /** Default `day`. */
  by?: ApiKeyUsagePeriod | undefined;
}

/** How much a key was used, by whom, and for what. */
export interface ApiKeyUsage {
  /** Each hour or day, the empty ones too, the oldest first. */
  buckets: UsageBucket[];
  /** The last seen first. */
  callers: UsageCaller[];
  /** The most called first. */
  endpoints: UsageEndpoint[];
  /** The last requests, whatever time was asked for, the newest first: at most 100, of 7 days. */
  recent: RecentCall[];
}

/** One hour or day in UTC: how its requests ended, and again how many were of each kind. */
export interface UsageBucket {
  /** When it begins. */
  at: Moment;
  ok: number;
  /** 401 and 403. */
  refused: number;
  /** 429. */
  limited: number;
  /** Other 4xx. */
  invalid: number;
  /** 5xx. */
  failed: number;
  reads: number;
  writes: number;
  deletes: number;
}

/** Who used a key. */
export interface UsageCaller {
  /** Null where it is unknown, and for the sum of those beyond 50 a day. */
  address: string | null;
  /** Likewise. */
  userAgent: string | null;
  /** Of the secret that was used. */
  publicId: string;
  requests: number;
  firstSeenAt: Moment;
  lastSeenAt: Moment;
}

/** What was called. */
export interface UsageEndpoint {
  method: string;
  /** A pattern such as `/v1/projects/{id}`. */
  path: string;
  requests: number;
}

/** One request that the key made lately. */
export interface RecentCall {
  at: Moment;
  method: string;
  /** A pattern such as `/v1/projects/{id}`. */
  path: string;
  status: number;
  address: string | null;
  userAgent: string | null;
  /** Its X-Request-ID. */
  requestId: string;
}
