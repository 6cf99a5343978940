/** What the API answers. Made of docs/openapi.json by `make sdk-generate`. */

/** RFC 3339, UTC. */
export type Moment = string;

export type Scope = "read" | "write" | "delete" | "admin";

export type ApiKeyPermission = "read-only" | "read-write";

export type ApiKeyState = "active" | "disabled" | "expired" | "deleted" | "revoked";

export type ActivityEvent = "signup" | "login" | "login_failed" | "logout" | "session_ended" | "sessions_ended"
  | "password_changed" | "password_reset" | "email_changed" | "factor_added" | "factor_removed" |
  "factors_reset" | "recovery_codes_created" | "recovery_code_used" | "browser_trusted" | "everything_revoked" |
  "data_exported" | "account_closing" | "account_kept" | "staff_changed" | "profile_changed" | "key_created" |
  "key_changed" | "key_rotated" | "key_disabled" | "key_enabled" | "key_deleted" | "key_restored" |
  "key_expired" | "key_revoked" | "app_created" | "app_changed" | "app_deleted" | "secret_created" |
  "secret_dropped" | "grant_created" | "grant_extended" | "grant_revoked" | "deployment_taken_down" |
  "token_reuse";

export type FileEncoding = "utf-8" | "base64";

export type ProjectStatus = "active" | "archived";

/** An API key, without its secret. */
export interface ApiKey {
  /** `key_…` */
  id: string;
  /** The key begins with `craft_key_<publicId>`. */
  publicId: string;
  /** Unique among your live keys. */
  name: string;
  /** What it may do. */
  permission: ApiKeyPermission;
  /** Only an active one is let in. */
  state: ApiKeyState;
  /** When it was made. */
  createdAt: Moment;
  /** When it ends by itself; null for never. */
  expiresAt: Moment | null;
  /** Shows within 5 seconds; null before the first use. */
  lastUsedAt: Moment | null;
  /** The address of the last use; null before the first. */
  lastUsedFrom: string | null;
  /** When a disabled key comes back by itself; null where it does not. */
  disabledUntil: Moment | null;
  /** The exchange of its secret; null while there is none. */
  rotation: ApiKeyRotation | null;
}

/** A line of the security log. */
export interface Activity {
  /** `act_…` */
  id: string;
  /** What happened. */
  event: ActivityEvent;
  /** When it happened. */
  at: Moment;
  /** The address it came from; null where unknown. */
  ip: string | null;
  /** The program or browser; null where unknown. */
  userAgent: string | null;
  /** Public id of the key or app concerned. */
  credential: string | null;
  /** What else is known of it, by the event. */
  details: Record<string, unknown>;
}

/** The credential in use. For OAuth `id` and `name` are the app's, for a session both are null. */
export interface Auth {
  /** What the call was made with. */
  kind: "api_key" | "oauth" | "session";
  /** Of the key (`key_…`) or app (`app_…`); null for a session. */
  id: string | null;
  /** Of the key or app; null for a session. */
  name: string | null;
  /** What it may do. */
  scopes: Scope[];
  /** When the key was made, the token given or the session begun. */
  createdAt: Moment | null;
  /** When it ends by itself; null for never. */
  expiresAt: Moment | null;
  /** When it was last used, within 5 seconds; null where it was not. */
  lastUsedAt: Moment | null;
  /** Null where there is no limit. */
  rateLimit: RateLimit | null;
}

/** An app that acts for the caller. */
export interface ConnectedApp {
  /** `app_…` */
  id: string;
  /** What its developer called it. */
  name: string;
  /** Of its developer; null if none was given. */
  website: string | null;
  /** What you allowed it. */
  scopes: Scope[];
  /** When you allowed it first. */
  grantedAt: Moment;
  /** When it last acted for you; null if it never did. */
  lastUsedAt: Moment | null;
}

/** What was deleted. */
export interface Deleted {
  /** Of what was deleted; null for a session. */
  id: string | null;
  /** Always true. */
  deleted: boolean;
}

/** An immutable snapshot of a project's files, served at `url`. */
export interface Deployment {
  /** `dep_…` */
  id: string;
  /** `taken_down` once Craft's staff took it off the net; the reason is in your activity. */
  status: "ready" | "taken_down";
  /** Where everybody can see it. */
  url: string;
  /** How many files it has. */
  files: number;
  /** When it was made. It never changes. */
  createdAt: Moment;
}

/** A file of a project, without its content. */
export interface ProjectFile {
  /** Where it lies in the project. */
  path: string;
  /** Bytes. */
  size: number;
  /** What it is served as: as it was sent, else by its name and content. */
  contentType: string;
  /** Hexadecimal; also the ETag. */
  sha256: string;
  /** When it was first written. */
  createdAt: Moment;
  /** When it was last written. */
  updatedAt: Moment;
}

/** A file with its content. */
export interface ProjectFileContent extends ProjectFile {
  /** How `content` is to be read: as text, or as bytes in base64. */
  encoding: FileEncoding;
  /** The whole file. */
  content: string;
}

/** The person for whom the credential acts. */
export interface Me {
  /** `user_…` */
  id: string;
  /** The address the person signs in with. */
  email: string;
  /** What the person wants to be called. */
  name: string;
}

/** An API key with its secret, which is shown in this answer only. */
export interface CreatedApiKey extends ApiKey {
  /** The secret. It is in this answer only: keep it now. */
  key: string;
}

/** Who still uses the old secret of a key that is rotating. */
export interface OldCaller {
  /** Where it called from; null where unknown. */
  address: string | null;
  /** The program that called; null where unknown. */
  userAgent: string | null;
  /** When it last called. */
  lastSeenAt: Moment;
}

/** Where in a list an answer is. */
export interface Pagination {
  /** The page this is, from 1. */
  page: number;
  /** How many a page holds at most. */
  limit: number;
  /** How many there are on all pages. */
  total: number;
  /** How many pages there are; 0 when there is nothing. */
  totalPages: number;
  /** Whether there is a page after this one. */
  hasMore: boolean;
}

/** A project. */
export interface Project {
  /** `proj_…` */
  id: string;
  /** What you called it. */
  name: string;
  /** Empty if there is none. */
  description: string;
  /** As you set it: an archived one works like any other. */
  status: ProjectStatus;
  /** The template it was made from; null if none. */
  template: string | null;
  /** The latest deployment; null until there is one. */
  previewUrl: string | null;
  /** Your own values, kept as they are. */
  settings: Record<string, unknown>;
  /** About its files. */
  stats: ProjectStats;
  /** When it was made. */
  createdAt: Moment;
  /** When the project itself last changed, its files aside. */
  updatedAt: Moment;
}

/** About a project's files. */
export interface ProjectStats {
  /** How many files it has. */
  files: number;
  /** When a file was last written or deleted; null before the first. */
  lastEditedAt: Moment | null;
}

/** What is left in the window with the fewest calls left. */
export interface RateLimit {
  /** How many calls the window lets through. */
  limit: number;
  /** How many are left in it. */
  remaining: number;
  /** Unix seconds. */
  reset: number;
}

/** One of the last 100 requests of the last 7 days. */
export interface RecentCall {
  /** When it came. */
  at: Moment;
  /** The HTTP method. */
  method: string;
  /** A pattern such as `/v1/projects/{id}`. */
  path: string;
  /** What it was answered. */
  status: number;
  /** Where it came from; null where unknown. */
  address: string | null;
  /** The program that called; null where unknown. */
  userAgent: string | null;
  /** As in `X-Request-ID` of the answer. */
  requestId: string;
}

/** The exchange of a key's secret: both work until `endsAt`, which is null until the new one is used. */
export interface ApiKeyRotation {
  /** Seconds the old secret outlives the new one's first use. */
  grace: number;
  /** When the rotation began. */
  startedAt: Moment;
  /** When the new secret was first used; null until then. */
  newUsedAt: Moment | null;
  /** When the old secret ends; null until the new one is used. */
  endsAt: Moment | null;
  /** Who used the old secret since, the last seen first. */
  oldCallers: OldCaller[];
}

/** How much a key was used between two moments. */
export interface ApiKeyUsage {
  /** Each hour or day of the span, empty ones too. */
  buckets: UsageBucket[];
  /** Who called, the last seen first. */
  callers: UsageCaller[];
  /** What was called, the most called first. */
  endpoints: UsageEndpoint[];
  /** The last requests, the newest first. */
  recent: RecentCall[];
}

/** One hour or day in UTC: how many requests ended so, and how many were of each kind. */
export interface UsageBucket {
  /** When the hour or day begins. */
  at: Moment;
  /** Requests that were answered 2xx or 304. */
  ok: number;
  /** 401 and 403. */
  refused: number;
  /** 429. */
  limited: number;
  /** Other 4xx. */
  invalid: number;
  /** 5xx. */
  failed: number;
  /** GET and HEAD. */
  reads: number;
  /** POST, PUT and PATCH. */
  writes: number;
  /** DELETE. */
  deletes: number;
}

/** Who used the key; `address` and `userAgent` are null where unknown, and for the sum of the rest. */
export interface UsageCaller {
  /** Where it called from; null where unknown. */
  address: string | null;
  /** The program that called; null where unknown. */
  userAgent: string | null;
  /** Of the secret that was used. */
  publicId: string;
  /** How many. */
  requests: number;
  /** The first of them. */
  firstSeenAt: Moment;
  /** The last of them. */
  lastSeenAt: Moment;
}

/** A method and path that was called, ids left out. */
export interface UsageEndpoint {
  /** The HTTP method. */
  method: string;
  /** A pattern such as `/v1/projects/{id}`. */
  path: string;
  /** How many. */
  requests: number;
}
