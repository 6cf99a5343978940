import { list, type PagePromise } from "../page.js";
import { segment } from "../paths.js";
import type { CallOptions } from "../settings.js";
import type { Transport } from "../transport.js";
import type { Deleted } from "../types/common.js";
import type { Deployment, DeploymentListParams } from "../types/deployments.js";

/** `/v1/projects/{id}/deployments`: immutable snapshots of a project's files, served to the public. */
export class DeploymentsResource {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The first page, the newest first; `for await` goes through all pages. Scope `read`. */
  list(projectId: string, params: DeploymentListParams = {}, options?: CallOptions): PagePromise<Deployment> {
    return list(this.#transport, () => pathOf(projectId), params, options);
  }

  /** One deployment. Scope `read`. */
  async get(projectId: string, deploymentId: string, options?: CallOptions): Promise<Deployment> {
    return this.#transport.data({ method: "GET", path: pathOf(projectId, deploymentId) }, options);
  }

  /** Publish the project as it is now. Scope `write`. */
  async create(projectId: string, options?: CallOptions): Promise<Deployment> {
    return this.#transport.data({ method: "POST", path: pathOf(projectId) }, options);
  }

  /** Take it off the web. Scope `delete`. */
  async delete(projectId: string, deploymentId: string, options?: CallOptions): Promise<Deleted> {
    return this.#transport.data({ method: "DELETE", path: pathOf(projectId, deploymentId) }, options);
  }
}

function pathOf(projectId: string, ...deploymentId: string[]): string {
  const all = `/projects/${segment(projectId, "projectId")}/deployments`;
  return [all, ...deploymentId.map((id) => segment(id, "deploymentId"))].join("/");
}
