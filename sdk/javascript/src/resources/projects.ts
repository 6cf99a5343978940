import { jsonBody } from "../attempt.js";
import { list, type PagePromise } from "../page.js";
import { segment } from "../paths.js";
import type { CallOptions } from "../settings.js";
import type { Transport } from "../transport.js";
import type { Deleted } from "../types/common.js";
import type { NewProject, Project, ProjectChange, ProjectListParams } from "../types/projects.js";

/** `/v1/projects`. */
export class ProjectsResource {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The first page, the newest first; `for await` goes through all pages. Scope `read`. */
  list(params: ProjectListParams = {}, options?: CallOptions): PagePromise<Project> {
    return list(this.#transport, () => "/projects", params, options);
  }

  /** One project. Scope `read`. */
  async get(projectId: string, options?: CallOptions): Promise<Project> {
    return this.#transport.data({ method: "GET", path: pathOf(projectId) }, options);
  }

  /** Make a project. Scope `write`. */
  async create(project: NewProject, options?: CallOptions): Promise<Project> {
    return this.#transport.data({ method: "POST", path: "/projects", body: jsonBody(project) }, options);
  }

  /** Change what `change` names. Scope `write`. */
  async update(projectId: string, change: ProjectChange, options?: CallOptions): Promise<Project> {
    return this.#transport.data({ method: "PATCH", path: pathOf(projectId), body: jsonBody(change) }, options);
  }

  /** Delete it with its files and deployments. Scope `delete`. */
  async delete(projectId: string, options?: CallOptions): Promise<Deleted> {
    return this.#transport.data({ method: "DELETE", path: pathOf(projectId) }, options);
  }
}

function pathOf(projectId: string): string {
  return `/projects/${segment(projectId, "projectId")}`;
}
