import type { ListParams } from "./common.js";

export type ProjectStatus = "active" | "archived";

/** About a project's files. */
export interface ProjectStats {
  files: number;
  /** RFC 3339, UTC. */
  lastEditedAt: string | null;
}

/** A project. */
export interface Project {
  /** `proj_…` */
  id: string;
  name: string;
  description: string;
  status: ProjectStatus;
  template: string | null;
  /** The latest deployment; null until there is one. */
  previewUrl: string | null;
  settings: Record<string, unknown>;
  stats: ProjectStats;
  /** RFC 3339, UTC. */
  createdAt: string;
  /** RFC 3339, UTC. */
  updatedAt: string;
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
