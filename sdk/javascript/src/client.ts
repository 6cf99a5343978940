import { jsonBody } from "./attempt.js";
import { type CredentialOptions, credentialOf } from "./credentials.js";
import { type OnKeyEnds, watchKeyEnds } from "./key-ends.js";
import { pathBelow } from "./paths.js";
import { ActivityResource, AuthResource, ConnectedAppsResource, MeResource } from "./resources/account.js";
import { ApiKeysResource } from "./resources/api-keys.js";
import { FilesResource } from "./resources/files.js";
import { DeploymentsResource, ProjectsResource } from "./resources/projects.js";
import { CONNECTION_OPTIONS, type CallOptions, checkOptions, type ConnectionOptions, settingsOf } from "./settings.js";
import { type Query, Transport } from "./transport.js";

/** Options of a client: one credential, and how calls are made. */
export interface CraftClientOptions extends CredentialOptions, ConnectionOptions {
  /**
   * Called with the moment at which the API key, or its secret that is being rotated out, ends, once for each moment
   * that an answer names: from 14 days before. No call waits for it; what it throws goes to the console.
   */
  onKeyEnds?: OnKeyEnds | undefined;
}

const OPTIONS = ["apiKey", "accessToken", "auth", ...CONNECTION_OPTIONS, "onKeyEnds"];

/** Options of `CraftClient.request`. */
export interface RequestOptions extends CallOptions {
  /** Query parameters. */
  query?: Query | undefined;
  /** Sent as JSON. */
  body?: unknown;
}

/**
 * The Craft API.
 *
 * ```js
 * const craft = new CraftClient({ apiKey: process.env.CRAFT_API_KEY });
 * const projects = await craft.projects.list();
 * ```
 */
export class CraftClient {
  /** The person for whom the credential acts. */
  readonly me: MeResource;
  /** The credential in use. */
  readonly auth: AuthResource;
  readonly projects: ProjectsResource;
  /** The files of a project. */
  readonly files: FilesResource;
  /** The deployments of a project. */
  readonly deployments: DeploymentsResource;
  /** The account's API keys; needs `admin`, which no key carries. */
  readonly apiKeys: ApiKeysResource;
  /** The apps that act for the account; needs `admin`. */
  readonly connectedApps: ConnectedAppsResource;
  /** The account's security log; needs `admin`. */
  readonly activity: ActivityResource;
  readonly #transport: Transport;

  /** Throws ConfigurationError: no or several credentials, one that looks cut or mistyped, or an unknown option. */
  constructor(options: CraftClientOptions = {}) {
    checkOptions(options, OPTIONS);
    const transport = new Transport(settingsOf(options), credentialOf(options), watchKeyEnds(options.onKeyEnds));
    this.#transport = transport;
    this.me = new MeResource(transport);
    this.auth = new AuthResource(transport);
    this.projects = new ProjectsResource(transport);
    this.files = new FilesResource(transport);
    this.deployments = new DeploymentsResource(transport);
    this.apiKeys = new ApiKeysResource(transport);
    this.connectedApps = new ConnectedAppsResource(transport);
    this.activity = new ActivityResource(transport);
  }

  /**
   * Any call, for what this version has no method for: `craft.request("GET", "/me")`. Gives the answer's
   * `data`. `path` is below `/v1`; what you put into it, you encode. Throws InvalidRequestError for one that
   * leads elsewhere.
   */
  async request<T = unknown>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const { query, body, ...call } = options;
    const outgoing = { method: method.toUpperCase(), path: pathBelow(path), query };
    return this.#transport.data<T>({ ...outgoing, body: body === undefined ? undefined : jsonBody(body) }, call);
  }
}
