import { jsonBody } from "../attempt.js";
import type { PagePromise } from "../page.js";
import { filePath, segment } from "../paths.js";
import type { CallOptions } from "../settings.js";
import { type DownloadOptions, FileDownload, readDownload } from "../transfer/download.js";
import { uploadBody, type UploadContent, type UploadOptions } from "../transfer/upload.js";
import type { Deleted, ProjectFile, ProjectFileContent } from "../types/answers.js";
import type { FileChange, FileListParams, NewFile } from "../types/requests.js";
import { Resource } from "./resource.js";

/** Do it only if the file is as expected; else PreconditionFailedError. */
export interface Preconditions {
  /** The version that the file must be: its `sha256` or ETag; `*` for any. */
  ifMatch?: string | undefined;
  /** The version that it must not be; `*`: there must be no such file yet. */
  ifNoneMatch?: string | undefined;
}

/** `/v1/projects/{id}/files`. A path is relative to the project: `src/index.html`. */
export class FilesResource extends Resource {
  /** The first page, the newest first, without contents; `for await` goes through all pages. Scope `read`. */
  list(projectId: string, params: FileListParams = {}, options?: CallOptions): PagePromise<ProjectFile> {
    return this.pages(() => pathOf(projectId), params, options);
  }

  /** One file with its content, as text or base64. For a large one see `download`. Scope `read`. */
  async get(projectId: string, path: string, options?: CallOptions): Promise<ProjectFileContent> {
    return this.call("GET", pathOf(projectId, path), options);
  }

  /** Make a file; ConflictError when there is one. For a large one see `upload`. Scope `write`. */
  async create(projectId: string, file: NewFile, options?: CallOptions): Promise<ProjectFile> {
    return this.call("POST", pathOf(projectId), options, file);
  }

  /** Write a file's new version, or make it. Scope `write`. */
  async update(
    projectId: string,
    path: string,
    file: FileChange,
    options: CallOptions & Preconditions = {},
  ): Promise<ProjectFile> {
    const call = { method: "PUT", path: pathOf(projectId, path), headers: conditional(options) };
    return this.transport.data({ ...call, body: jsonBody(file) }, options);
  }

  /** Delete a file. Deployments that have it keep it. Scope `delete`. */
  async delete(projectId: string, path: string, options: CallOptions & Preconditions = {}): Promise<Deleted> {
    const call = { method: "DELETE", path: pathOf(projectId, path), headers: conditional(options) };
    return this.transport.data(call, options);
  }

  /**
   * Write a file, or make it, in a stream: memory holds a piece at a time. Scope `write`.
   *
   * `content` is a Blob or File, bytes, text, or a stream of bytes whose `size` you tell. A stream can be sent
   * once, so such an upload is not tried again.
   */
  async upload(
    projectId: string,
    path: string,
    content: UploadContent,
    options: UploadOptions & Preconditions = {},
  ): Promise<ProjectFile> {
    const call = { method: "PUT", path: pathOf(projectId, path), headers: conditional(options) };
    return this.transport.data({ ...call, body: uploadBody(content, options) }, options);
  }

  /** Read a file in a stream. Scope `read`. */
  async download(projectId: string, path: string, options: DownloadOptions = {}): Promise<FileDownload> {
    const headers = { Accept: "application/octet-stream", ...conditional({ ifMatch: options.ifMatch }) };
    const call = { method: "GET", path: pathOf(projectId, path), headers };
    return this.transport.send(call, options, readDownload(options));
  }
}

function pathOf(projectId: string, ...path: string[]): string {
  return [`/projects/${segment(projectId, "projectId")}/files`, ...path.map(filePath)].join("/");
}

function conditional({ ifMatch, ifNoneMatch }: Preconditions): Record<string, string> {
  return {
    ...(ifMatch === undefined ? {} : { "If-Match": etag(ifMatch) }),
    ...(ifNoneMatch === undefined ? {} : { "If-None-Match": etag(ifNoneMatch) }),
  };
}

/** A bare hash is put in the quotes that make it an ETag (RFC 9110, section 8.8.3). */
function etag(version: string): string {
  return version === "*" || version.includes('"') ? version : `"${version}"`;
}
