import type { ListParams } from "./common.js";

/** An immutable snapshot of a project's files, served at `url`. */
export interface Deployment {
  /** `dep_…` */
  id: string;
  status: "ready";
  /** Public to whoever has it. */
  url: string;
  /** How many files it has. */
  files: number;
  /** RFC 3339, UTC. */
  createdAt: string;
}

/** Which deployments are asked for. */
export type DeploymentListParams = ListParams<"createdAt">;
