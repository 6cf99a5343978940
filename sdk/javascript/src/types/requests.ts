/** What the API is asked and sent. */

import type { ActivityEvent, ApiKeyPermission, ApiKeyState, FileEncoding, Moment, ProjectStatus } from "./answers.js";

/** Which part of a list is asked for, and in which order. */
export interface ListParams<Sort extends string> {
  /** From 1, which is the default. */
  page?: number | undefined;
  /** Items a page, at most 100; default 20. */
  limit?: number | undefined;
  /** Default `createdAt`, or the moment the list is about. */
  sort?: Sort | undefined;
  /** Default `desc`. */
  order?: "asc" | "desc" | undefined;
}

/** What can be changed about that person. */
export interface MeChange {
  /** 1–100 characters. */
  name?: string | undefined;
}

/** Which connected apps are asked for. */
export type ConnectedAppListParams = ListParams<"createdAt" | "lastUsedAt" | "name">;

/** Which lines of the security log are asked for. */
export interface ActivityListParams extends ListParams<"createdAt"> {
  event?: ActivityEvent | undefined;
}

/** Seconds that an old secret outlives the first use of the new one; with 0 it ends at that use. */
export type ApiKeyGrace = 0 | 3_600 | 86_400 | 604_800;

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

/** Which hours or days are asked for, at most 400 of them. */
export interface ApiKeyUsageParams {
  /** Default 30 days before `to`, by the hour 48 hours. */
  from?: Moment | undefined;
  /** Default now. */
  to?: Moment | undefined;
  /** Default `day`. */
  by?: "day" | "hour" | undefined;
}

/** A project to be made. */
export interface NewProject {
  /** 1–200 characters. */
  name: string;
  /** At most 2,000 characters; default none. */
  description?: string | undefined;
  /** At most 100 characters. */
  template?: string | null | undefined;
  /** At most 16 kB as JSON. */
  settings?: Record<string, unknown> | undefined;
}

/** What can be changed about a project; what is left out stays. */
export interface ProjectChange {
  name?: string | undefined;
  description?: string | undefined;
  template?: string | null | undefined;
  settings?: Record<string, unknown> | undefined;
  status?: ProjectStatus | undefined;
}

/** Which projects are asked for. */
export interface ProjectListParams extends ListParams<"createdAt" | "name" | "updatedAt"> {
  status?: ProjectStatus | undefined;
}

/** A file to be made. */
export interface NewFile {
  /** Relative to the project: `src/index.html`. */
  path: string;
  content: string;
  /** Default `utf-8`. */
  encoding?: FileEncoding | undefined;
}

/** A file's new version. */
export interface FileChange {
  /** Where it is given, it must be the path in the address. */
  path?: string | undefined;
  content: string;
  /** Default `utf-8`. */
  encoding?: FileEncoding | undefined;
}

/** Which files are asked for. */
export type FileListParams = ListParams<"createdAt" | "path" | "updatedAt">;

/** Which deployments are asked for. */
export type DeploymentListParams = ListParams<"createdAt">;
