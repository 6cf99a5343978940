import type { ListParams } from "./common.js";

/** What happened. */
export type ActivityEvent =
  | "signup"
  | "login"
  | "login_failed"
  | "logout"
  | "session_ended"
  | "sessions_ended"
  | "password_changed"
  | "password_reset"
  | "email_changed"
  | "factor_added"
  | "factor_removed"
  | "factors_reset"
  | "recovery_codes_created"
  | "recovery_code_used"
  | "browser_trusted"
  | "everything_revoked"
  | "data_exported"
  | "account_closing"
  | "account_kept"
  | "staff_changed"
  | "profile_changed"
  | "key_created"
  | "key_changed"
  | "key_rotated"
  | "key_disabled"
  | "key_enabled"
  | "key_deleted"
  | "key_restored"
  | "key_expired"
  | "key_revoked"
  | "app_created"
  | "app_changed"
  | "app_deleted"
  | "secret_created"
  | "secret_dropped"
  | "grant_created"
  | "grant_extended"
  | "grant_revoked"
  | "deployment_taken_down"
  | "token_reuse";

/** A line of the security log. */
export interface Activity {
  /** `act_…` */
  id: string;
  event: ActivityEvent;
  /** RFC 3339, UTC. */
  at: string;
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
