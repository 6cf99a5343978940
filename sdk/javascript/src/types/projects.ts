import type { ListParams, Moment } from "./common.js";

export type ProjectStatus = "active" | "archived";

/** About a project's files. */
export interface ProjectStats {
  files: number;
  lastEditedAt: Moment | null;
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
  createdAt: Moment;
  updatedAt: Moment;
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

/** How `content` is written: as text, or as base64 where it is none. */
export type FileEncoding = "utf-8" | "base64";

/** A file of a project, without its content. */
export interface ProjectFile {
  path: string;
  /** Bytes. */
  size: number;
  contentType: string;
  /** Hexadecimal. It names the version: `ifMatch: file.sha256`. */
  sha256: string;
  createdAt: Moment;
  updatedAt: Moment;
}

/** A file with its content. */
export interface ProjectFileContent extends ProjectFile {
  content: string;
  encoding: FileEncoding;
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

/** An immutable snapshot of a project's files, served at `url`. */
export interface Deployment {
  /** `dep_…` */
  id: string;
  /** `taken_down` once Craft's staff took it off the net; the reason is in the activity. */
  status: "ready" | "taken_down";
  /** Public to whoever has it. */
  url: string;
  /** How many files it has. */
  files: number;
  createdAt: Moment;
}

/** Which deployments are asked for. */
export type DeploymentListParams = ListParams<"createdAt">;
