import type { ListParams, Scope } from "./common.js";

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
  /** RFC 3339, UTC. */
  createdAt: string | null;
  /** RFC 3339, UTC; null when it never expires. */
  expiresAt: string | null;
  /** RFC 3339, UTC. */
  lastUsedAt: string | null;
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
  /** RFC 3339, UTC. */
  grantedAt: string;
  /** RFC 3339, UTC. */
  lastUsedAt: string | null;
}

/** Which connected apps are asked for. */
export type ConnectedAppListParams = ListParams<"createdAt" | "lastUsedAt" | "name">;
