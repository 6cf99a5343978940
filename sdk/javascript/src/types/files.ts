import type { ListParams } from "./common.js";

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
  /** RFC 3339, UTC. */
  createdAt: string;
  /** RFC 3339, UTC. */
  updatedAt: string;
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
export interface FileContent {
  /** Where it is given, it must be the path in the address. */
  path?: string | undefined;
  content: string;
  /** Default `utf-8`. */
  encoding?: FileEncoding | undefined;
}

/** Which files are asked for. */
export type FileListParams = ListParams<"createdAt" | "path" | "updatedAt">;
