import type { ListParams, Moment, Scope } from "./common.js";

/** The person for whom the credential acts. */
export interface Me {
  /** `user_…` */
  id: string;
  email: string;
  name: string;
}

/** What can be changed about that person. */
export interface MeChange {
  /** 1–100 characters. */
  name?: string | undefined;
}

/** What is left in the window with the fewest calls left. */
export interface RateLimit {
  limit: number;
  remaining: number;
  /** Unix seconds. */
  reset: number;
}

/** The credential in use. For OAuth `id` and `name` are the app's, for a session both are null. */
export interface Auth {
  kind: "api_key" | "oauth" | "session";
  id: string | null;
  name: string | null;
  scopes: Scope[];
  createdAt: Moment | null;
  /** Null when it never expires. */
  expiresAt: Moment | null;
  lastUsedAt: Moment | null;
  /** Null where there is no limit. */
  rateLimit: RateLimit | null;
}

/** An app that acts for the caller. */
export interface ConnectedApp {
  /** `app_…` */
  id: string;
  name: string;
  website: string | null;
  scopes: Scope[];
  grantedAt: Moment;
  lastUsedAt: Moment | null;
}

/** Which connected apps are asked for. */
export type ConnectedAppListParams = ListParams<"createdAt" | "lastUsedAt" | "name">;

/** What happened. */
export type ActivityEvent =
  | ("signup" | "login" | "login_failed" | "logout" | "session_ended" | "sessions_ended" | "password_changed")
  | ("password_reset" | "email_changed" | "factor_added" | "factor_removed" | "factors_reset")
  | ("recovery_codes_created" | "recovery_code_used" | "browser_trusted" | "everything_revoked")
  | ("data_exported" | "account_closing" | "account_kept" | "staff_changed" | "profile_changed" | "key_created")
  | ("key_changed" | "key_rotated" | "key_disabled" | "key_enabled" | "key_deleted" | "key_restored")
  | ("key_expired" | "key_revoked" | "app_created" | "app_changed" | "app_deleted" | "secret_created")
  | ("secret_dropped" | "grant_created" | "grant_extended" | "grant_revoked" | "deployment_taken_down")
  | ("token_reuse");

/** A line of the security log. */
export interface Activity {
  /** `act_…` */
  id: string;
  event: ActivityEvent;
  at: Moment;
  ip: string | null;
  userAgent: string | null;
  /** Public id of the key or app concerned. */
  credential: string | null;
  details: Record<string, unknown>;
}

/** Which lines of the security log are asked for. */
export interface ActivityListParams extends ListParams<"createdAt"> {
  event?: ActivityEvent | undefined;
}
