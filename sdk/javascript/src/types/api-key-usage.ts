/** What is counted: by hour for 90 days, by day for 2 years. */
export type ApiKeyUsagePeriod = "day" | "hour";

/** Which hours or days are asked for, at most 400 of them. */
export interface ApiKeyUsageParams {
  /** RFC 3339; default 30 days before `to`, by the hour 48 hours. */
  from?: string | undefined;
  /** RFC 3339; default now. */
  to?: string | undefined;
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
  /** When it begins: RFC 3339, UTC. */
  at: string;
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
  /** RFC 3339, UTC. */
  firstSeenAt: string;
  /** RFC 3339, UTC. */
  lastSeenAt: string;
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
  /** RFC 3339, UTC. */
  at: string;
  method: string;
  /** A pattern such as `/v1/projects/{id}`. */
  path: string;
  status: number;
  address: string | null;
  userAgent: string | null;
  /** Its X-Request-ID. */
  requestId: string;
}
