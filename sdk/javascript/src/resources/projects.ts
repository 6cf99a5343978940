import type { PagePromise } from "../page.js";
import { segment } from "../paths.js";
import type { CallOptions } from "../settings.js";
import type { Deleted, Deployment, Project } from "../types/answers.js";
import type { DeploymentListParams, NewProject, ProjectChange, ProjectListParams } from "../types/requests.js";
import { Resource } from "./resource.js";

/** `/v1/projects`. */
export class ProjectsResource extends Resource {
  /** The first page, the newest first; `for await` goes through all pages. Scope `read`. */
  list(params: ProjectListParams = {}, options?: CallOptions): PagePromise<Project> {
    return this.pages(() => "/projects", params, options);
  }

  /** One project. Scope `read`. */
  async get(projectId: string, options?: CallOptions): Promise<Project> {
    return this.call("GET", pathOf(projectId), options);
  }

  /** Make a project. Scope `write`. */
  async create(project: NewProject, options?: CallOptions): Promise<Project> {
    return this.call("POST", "/projects", options, project);
  }

  /** Change what `change` names. Scope `write`. */
  async update(projectId: string, change: ProjectChange, options?: CallOptions): Promise<Project> {
    return this.call("PATCH", pathOf(projectId), options, change);
  }

  /** Delete it with its files and deployments. Scope `delete`. */
  async delete(projectId: string, options?: CallOptions): Promise<Deleted> {
    return this.call("DELETE", pathOf(projectId), options);
  }
}

/** `/v1/projects/{id}/deployments`: immutable snapshots of a project's files, served to the public. */
export class DeploymentsResource extends Resource {
  /** The first page, the newest first; `for await` goes through all pages. Scope `read`. */
  list(projectId: string, params: DeploymentListParams = {}, options?: CallOptions): PagePromise<Deployment> {
    return this.pages(() => pathOf(projectId, "/deployments"), params, options);
  }

  /** One deployment. Scope `read`. */
  async get(projectId: string, deploymentId: string, options?: CallOptions): Promise<Deployment> {
    return this.call("GET", deploymentPath(projectId, deploymentId), options);
  }

  /** Publish the project as it is now. Scope `write`. */
  async create(projectId: string, options?: CallOptions): Promise<Deployment> {
    return this.call("POST", pathOf(projectId, "/deployments"), options);
  }

  /** Take it off the web. Scope `delete`. */
  async delete(projectId: string, deploymentId: string, options?: CallOptions): Promise<Deleted> {
    return this.call("DELETE", deploymentPath(projectId, deploymentId), options);
  }
}

function pathOf(projectId: string, rest = ""): string {
  return `/projects/${segment(projectId, "projectId")}${rest}`;
}

function deploymentPath(projectId: string, deploymentId: string): string {
  return pathOf(projectId, `/deployments/${segment(deploymentId, "deploymentId")}`);
}
