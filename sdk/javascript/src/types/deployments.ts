import type { ListParams } from "./common.js";

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
  /** RFC 3339, UTC. */
  createdAt: string;
}

/** Which deployments are asked for. */
export type DeploymentListParams = ListParams<"createdAt">;
